using System.Globalization;
using System.Text.Json;
using OmeZarr.Acquisition.Settings;

namespace OmeZarr.Acquisition.Text;

/// <summary>Collects what is wrong with a document, up to a bound, so that everything is reported at once.</summary>
internal sealed class ProblemList
{
    private const int MostProblems = 100;
    private const int MostGivenChars = 60;
    private const string SecretKey = "store";
    private readonly List<SettingsProblem> _problems = [];
    private readonly List<string> _warnings = [];
    private int _unlisted;

    /// <summary>Whether anything is wrong with the document itself (what is not yet supported does not count).</summary>
    public bool Invalid { get; private set; }

    /// <summary>Whether further problems are only counted, so that nothing costly need be said about them.</summary>
    public bool IsFull => _problems.Count >= MostProblems;

    public void Add(string path, string message)
    {
        Invalid = true;
        Append(new SettingsProblem(path, message, NotYet: false));
    }

    /// <summary>What was taken otherwise than it was given, for people to read.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    public void Warn(string path, string message)
    {
        var warning = $"{path}: {message}";
        if (!_warnings.Contains(warning))
            _warnings.Add(warning);
    }

    public void AddNotYet(string path, string what) =>
        Append(new SettingsProblem(path, $"not yet supported: {what}", NotYet: true));

    /// <summary>Reports what was given (but not for a store, where it may be a secret) and what is allowed.</summary>
    public void Add(string path, JsonElement given, string allowed)
    {
        var secret = path == SecretKey || path.StartsWith(SecretKey + ".", StringComparison.Ordinal);
        Add(path, secret ? $"must be {allowed}" : $"is {Show(given)}; must be {allowed}");
    }

    /// <summary>Whether there is nothing to report.</summary>
    public bool IsEmpty => _problems.Count == 0;

    /// <summary>Throws when there is at least one problem.</summary>
    public void ThrowIfAny()
    {
        if (_problems.Count > 0)
            throw ToException();
    }

    /// <summary>All problems, of which there must be one.</summary>
    public SettingsException ToException()
    {
        if (_unlisted > 0)
            _problems.Add(new SettingsProblem("", $"and {_unlisted} more problems", !Invalid));
        return new SettingsException(_problems);
    }

    /// <summary>A value as its JSON text, cut short.</summary>
    public static string Show(JsonElement value) => Show(value.GetRawText());

    /// <summary>A text between backticks, cut short and in one line.</summary>
    public static string Show(string text)
    {
        var cut = text.Length > MostGivenChars ? MostGivenChars : text.Length;
        if (cut < text.Length && char.IsHighSurrogate(text[cut - 1]))
            cut--;
        var line = string.Concat(text[..cut].Select(character => char.IsControl(character) ? ' ' : character));
        return $"`{line}{(cut < text.Length ? "…" : "")}`";
    }

    public static string Show(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private void Append(SettingsProblem problem)
    {
        // A default that several arrays take is read for each of them.
        if (_problems.Contains(problem))
            return;
        if (_problems.Count < MostProblems)
            _problems.Add(problem);
        else
            _unlisted++;
    }
}
