using System.Text.Json;
using OmeZarr.Acquisition.Text;

namespace OmeZarr.Acquisition.Parsing;

/// <summary>
/// A JSON object of the settings, read key by key. Unknown and repeated keys are reported when it is opened; each getter
/// reports a value of the wrong type or range and then returns null, as it does for a key that is absent or null.
/// </summary>
internal sealed class SettingsObject
{
    /// <summary>Whole numbers up to here survive readers that hold numbers as doubles.</summary>
    public const long LargestExactInteger = (1L << 53) - 1;

    /// <summary>The longest list. Each element of <c>coords</c> takes half a kilobyte while metadata is written.</summary>
    public const int MostElements = 1 << 20;

    private readonly Dictionary<string, JsonElement> _values = new(StringComparer.Ordinal);
    private readonly string _prefix;
    private readonly SettingsObject? _defaults;

    /// <param name="element">A JSON object.</param>
    /// <param name="path">Where it is, such as <c>dimensions[2]</c>; empty for the root.</param>
    /// <param name="prefix">What its keys begin with in <see cref="SettingsKeys"/>, such as <c>dimensions[].</c>.</param>
    /// <param name="problems">Receives what is wrong.</param>
    /// <param name="defaults">Where a key's value is when it is not here, not even as null; it has the same keys.</param>
    public SettingsObject(JsonElement element, string path, string prefix, ProblemList problems, SettingsObject? defaults = null)
    {
        Path = path;
        Problems = problems;
        _prefix = prefix;
        _defaults = defaults;
        var known = SettingsKeys.Under(prefix);
        foreach (var property in element.EnumerateObject())
        {
            if (!known.Contains(property.Name))
                ReportUnknown(property.Name, known);
            else if (!_values.TryAdd(property.Name, property.Value))
                problems.Add(PathOf(property.Name), "is given twice");
        }
    }

    public string Path { get; }

    public ProblemList Problems { get; }

    /// <summary>Where a key's value is, or would be.</summary>
    public string PathOf(string key) => IsInherited(key) ? _defaults!.PathOf(key) : Path.Length == 0 ? key : $"{Path}.{key}";

    /// <summary>The value of a key that is there and not null.</summary>
    public bool TryGet(string key, out JsonElement value)
    {
        if (!SettingsKeys.Under(_prefix).Contains(key))
            throw new InvalidOperationException($"{_prefix}{key} is missing in {nameof(SettingsKeys)}");
        return (IsInherited(key) ? _defaults! : this)._values.TryGetValue(key, out value)
            && value.ValueKind != JsonValueKind.Null;
    }

    /// <summary>Reports a key whose value is wrong.</summary>
    public void Report(string key, string allowed) =>
        Problems.Add(PathOf(key), (IsInherited(key) ? _defaults! : this)._values[key], allowed);

    public void Require(string key, string what)
    {
        if (!TryGet(key, out _))
            Problems.Add(PathOf(key), $"is missing; {what}");
    }

    public string? Text(string key, bool canBeEmpty = false)
    {
        if (!TryGet(key, out var value))
            return null;
        if (value.ValueKind == JsonValueKind.String && value.GetString() is { } text && (text.Length > 0 || canBeEmpty))
            return text;
        Report(key, canBeEmpty ? "text" : "text that is not empty");
        return null;
    }

    public bool? Flag(string key)
    {
        if (!TryGet(key, out var value))
            return null;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return value.GetBoolean();
        Report(key, "true or false");
        return null;
    }

    /// <summary>A whole number; one written as 10.0 counts.</summary>
    public long? Whole(string key, long least, long most)
    {
        if (!TryGet(key, out var value))
            return null;
        if (TryWhole(value, out var number) && number >= least && number <= most)
            return number;
        Report(key, $"a whole number from {ProblemList.Show(least)} to {ProblemList.Show(most)}");
        return null;
    }

    /// <summary>A whole number, or the word auto, which is null.</summary>
    public long? WholeOrAuto(string key, long least, long most)
    {
        if (!TryGet(key, out var value) || (value.ValueKind == JsonValueKind.String && value.ValueEquals("auto")))
            return null;
        if (TryWhole(value, out var number) && number >= least && number <= most)
            return number;
        Report(key, $"\"auto\" or a whole number from {ProblemList.Show(least)} to {ProblemList.Show(most)}");
        return null;
    }

    public double? Number(string key)
    {
        if (!TryGet(key, out var value))
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number))
            return number;
        Report(key, "a number");
        return null;
    }

    /// <summary>One of several words.</summary>
    public T? Choice<T>(string key, params ReadOnlySpan<(string Word, T Value)> choices)
        where T : struct
    {
        if (!TryGet(key, out var value))
            return null;
        foreach (var (word, meaning) in choices)
        {
            if (value.ValueKind == JsonValueKind.String && value.ValueEquals(word))
                return meaning;
        }

        var words = new string[choices.Length];
        for (var i = 0; i < words.Length; i++)
            words[i] = choices[i].Word;
        Report(key, OneOf(words));
        return null;
    }

    /// <summary>An object, whose keys are read in turn.</summary>
    public SettingsObject? Object(string key, string? prefixOfItsKeys = null)
    {
        if (!TryGet(key, out var value))
            return null;
        if (value.ValueKind == JsonValueKind.Object)
            return new SettingsObject(value, PathOf(key), prefixOfItsKeys ?? $"{(_defaults ?? this)._prefix}{key}.", Problems);
        Report(key, "an object");
        return null;
    }

    /// <summary>The elements of an array, or null.</summary>
    public JsonElement[]? Array(string key)
    {
        if (!TryGet(key, out var value))
            return null;
        if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() is var length and > MostElements)
            Problems.Add(PathOf(key),
                $"has {ProblemList.Show(length)} elements; at most {ProblemList.Show(MostElements)} are possible");
        else if (value.ValueKind == JsonValueKind.Array)
            return [.. value.EnumerateArray()];
        else
            Report(key, "a list");
        return null;
    }

    /// <summary>An array of texts that are not empty; wrong elements are reported and left out.</summary>
    public string[]? Texts(string key)
    {
        if (Array(key) is not { } elements)
            return null;
        var texts = new List<string>();
        for (var i = 0; i < elements.Length; i++)
        {
            if (elements[i].ValueKind == JsonValueKind.String && elements[i].GetString() is { Length: > 0 } text)
                texts.Add(text);
            else
                Problems.Add($"{PathOf(key)}[{i}]", elements[i], "text that is not empty");
        }

        return [.. texts];
    }

    public static bool TryWhole(JsonElement value, out long number)
    {
        number = 0;
        if (value.ValueKind != JsonValueKind.Number)
            return false;
        if (value.TryGetInt64(out number))
            return true;
        if (!value.TryGetDouble(out var real) || Math.Abs(real) > LargestExactInteger || Math.Floor(real) != real)
            return false;
        number = (long)real;
        return true;
    }

    public static string OneOf(IReadOnlyList<string> words) =>
        words.Count == 1 ? $"\"{words[0]}\"" : "one of " + string.Join(", ", words.Select(word => $"\"{word}\""));

    private bool IsInherited(string key) =>
        _defaults is not null && !_values.ContainsKey(key) && _defaults._values.ContainsKey(key);

    private void ReportUnknown(string key, IReadOnlySet<string> known)
    {
        if (Problems.IsFull)
        {
            Problems.Add(Path, "unknown key");
            return;
        }

        var meant = NearestName.Of(key, known);
        var hint = meant is not null ? $"did you mean `{meant}`?" : $"known are {string.Join(", ", known)}";
        Problems.Add(Path, $"unknown key {ProblemList.Show(key)}; {hint}");
    }
}
