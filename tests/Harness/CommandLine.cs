using System.Globalization;

namespace OmeZarr.Harness;

/// <summary>Options of the form <c>--name value</c>; unknown ones and values of another type are refused.</summary>
public sealed class CommandLine
{
    private readonly Dictionary<string, string> _values = [];

    private CommandLine()
    {
    }

    public bool AsksForHelp { get; private set; }

    /// <param name="arguments">As given to the program.</param>
    /// <param name="names">Those that there are, without dashes.</param>
    /// <exception cref="ArgumentException">An unknown option, or one without a value.</exception>
    public static CommandLine Parse(string[] arguments, params string[] names)
    {
        var line = new CommandLine();
        for (var i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] is "--help" or "-h")
            {
                line.AsksForHelp = true;
                continue;
            }

            var name = arguments[i].StartsWith("--", StringComparison.Ordinal) ? arguments[i][2..] : "";
            if (!names.Contains(name))
                throw new ArgumentException(
                    $"{arguments[i]} is no option; there are {string.Join(", ", names.Select(known => "--" + known))}");
            line._values[name] = i + 1 < arguments.Length ? arguments[++i]
                : throw new ArgumentException($"--{name} needs a value");
        }

        return line;
    }

    public string Text(string name, string otherwise) => _values.GetValueOrDefault(name, otherwise);

    public bool Has(string name) => _values.ContainsKey(name);

    public int Number(string name, int otherwise)
    {
        if (!_values.TryGetValue(name, out var text))
            return otherwise;
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new ArgumentException($"--{name} {text}: a whole number is needed");
    }

    /// <summary>One of a few words.</summary>
    public string Choice(string name, params string[] choices)
    {
        var text = Text(name, choices[0]);
        return choices.Contains(text) ? text
            : throw new ArgumentException($"--{name} {text}: one of {string.Join(", ", choices)} is needed");
    }
}
