namespace OmeZarr.Acquisition.Settings;

/// <summary>One thing that is wrong with a settings document.</summary>
/// <param name="JsonPath">Where, such as <c>dimensions[2].chunk_size</c>; empty for the document as a whole.</param>
/// <param name="Message">What was given and what is allowed.</param>
/// <param name="NotYet">The document is valid, but this version cannot do what it asks for.</param>
public sealed record SettingsProblem(string JsonPath, string Message, bool NotYet)
{
    /// <summary>Path and message in one line.</summary>
    public override string ToString() => JsonPath.Length == 0 ? Message : $"{JsonPath}: {Message}";
}

/// <summary>A settings document was refused. The message lists every problem, one a line.</summary>
public sealed class SettingsException : Exception
{
    /// <param name="problems">At least one.</param>
    public SettingsException(IReadOnlyList<SettingsProblem> problems)
        : base(string.Join('\n', problems))
    {
        Problems = problems;
    }

    /// <summary>All problems of the document, in its order as far as possible.</summary>
    public IReadOnlyList<SettingsProblem> Problems { get; }

    /// <summary>Whether the document is valid and only asks for what this version cannot do yet.</summary>
    public bool IsNotYetSupported => Problems.All(problem => problem.NotYet);
}
