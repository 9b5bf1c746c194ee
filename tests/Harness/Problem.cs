namespace OmeZarr.Harness;

/// <summary>Something that must not be.</summary>
/// <param name="Kind">A word or two that failures of one kind share.</param>
/// <param name="Message">What was seen, and what was expected.</param>
public sealed record Problem(string Kind, string Message)
{
    public override string ToString() => $"{Kind}: {Message}";
}
