namespace OmeZarr.ConformanceTests;

/// <summary>
/// The official JSON schemas of OME-Zarr, by ajv. They are lenient: <see cref="Structure"/> looks at what they miss.
/// </summary>
internal static class Schemas
{
    /// <summary>Every way in which the metadata of a dataset's groups differs from the schemas; empty when none.</summary>
    /// <param name="dataset">Its root folder.</param>
    /// <param name="strict">Whether what the specification only recommends counts too.</param>
    public static IReadOnlyList<string> Problems(string dataset, bool strict = false)
    {
        var run = ScriptRun.OfNode("validate.mjs", strict ? [dataset, "--strict"] : [dataset]);
        // A validator that fails says nothing on its standard output.
        if (run.ExitCode != 0 && run.Lines.Length == 0)
            throw new ReaderException(run.ToString());
        return run.Lines;
    }

    /// <summary>Fails the test when there is a problem, and says all of them.</summary>
    public static void Validate(string dataset, bool strict = false) =>
        Assert.That(Problems(dataset, strict), Is.Empty, $"the schemas' view of {dataset}");
}
