namespace OmeZarr.Defects;

/// <summary>A mistake that is easily made in the product, and found by hardly any test but a simulation or a litmus.</summary>
/// <param name="Name">What it is chosen by.</param>
/// <param name="Finder">What must find it.</param>
/// <param name="What">What is wrong.</param>
/// <param name="Edits">How it is made.</param>
internal sealed record Defect(string Name, Finder Finder, string What, params IReadOnlyList<Edit> Edits)
{
    private static string? _chosen;

    /// <summary>Chooses the only active defect from now on; before the first thread starts.</summary>
    public static void Choose(Defect defect) => _chosen = string.Intern(defect.Name);

    /// <summary>Whether a defect is active. The edited sources ask this often: names are compared by reference.</summary>
    public static bool IsChosen(string name) => ReferenceEquals(name, _chosen);
}

/// <summary>What finds a defect.</summary>
[Flags]
internal enum Finder
{
    /// <summary>Whole acquisitions under the simulation.</summary>
    Simulation = 1,

    /// <summary>A scenario of the litmus under the simulation.</summary>
    Slots = 2,
    Queue = 4,
    Ring = 8,
    Release = 16,
    Work = 32,

    /// <summary>The scenario on real threads as well.</summary>
    Stress = 64,
}

/// <summary>
/// A change of one of the product's files. If the original text is not there exactly once, the build fails: the defect must be
/// rewritten for the file as it is now.
/// </summary>
/// <param name="File">From <c>src/</c>.</param>
/// <param name="Original">Whole lines, with any indentation.</param>
/// <param name="Broken">The text that replaces them, or precedes them, while the defect is active.</param>
/// <param name="Kind">How the two are combined.</param>
internal sealed record Edit(string File, string Original, string Broken, EditKind Kind = EditKind.Instead)
{
    /// <summary>Within a text: whether the defect is active.</summary>
    public const string Chosen = "CHOSEN";

    /// <summary>A change of text that cannot be put into statements.</summary>
    public static Edit Text(string file, string original, string broken) => new(file, original, broken, EditKind.Text);

    /// <summary>Statements that are executed before others. Several defects may share a location.</summary>
    public static Edit Before(string file, string original, string broken) => new(file, original, broken, EditKind.Before);
}

internal enum EditKind
{
    /// <summary>Both are statements, one of which is executed.</summary>
    Instead,

    /// <summary>Both are statements; the original ones are always executed, unless the broken ones return.</summary>
    Before,

    /// <summary>The broken text is always compiled in, and checks <see cref="Edit.Chosen"/> itself.</summary>
    Text,
}
