namespace OmeZarr.Cli.Mending;

/// <summary>One thing that a repair does.</summary>
/// <param name="Kind">What it is, for scripts; docs/omezarr.md lists the kinds.</param>
/// <param name="Path">Of the file, below the dataset, or of the folder beside it.</param>
/// <param name="Text">For people: what is done.</param>
/// <param name="Do">Does it.</param>
internal sealed record Mend(string Kind, string Path, string Text, Action Do);
