namespace AbiTests;

/// <summary>The library exports what the header declares, and the golden list notices every change of it.</summary>
public sealed class ExportTests
{
    private static readonly Lazy<IReadOnlyList<string>> Symbols = new(ReadSymbols);

    private static IEnumerable<string> Exported => Symbols.Value.Where(name => name.StartsWith("omz", StringComparison.Ordinal));

    [Test]
    public void TheLibraryShouldExportExactlyTheGoldenList() =>
        Assert.That(Exported, Is.EqualTo(File.ReadAllLines(Repository.ExportList)),
            "add new functions to exports.txt; none ever goes");

    [Test]
    public void TheLibraryShouldExportExactlyTheFunctionsOfTheHeaders() =>
        Assert.That(Exported, Is.EquivalentTo(HeaderText.Functions.Concat(LabViewHeader.Functions.Select(call => call.Name))));

    [Test]
    public void TheLibraryShouldExportNoSymbolOfTheCodecsItContains()
    {
        // a host with its own zstd, lz4 or blosc must not get ours, nor we theirs
        var codecs = Symbols.Value.Where(name => name.StartsWith("ZSTD", StringComparison.Ordinal)
            || name.StartsWith("LZ4", StringComparison.Ordinal) || name.StartsWith("blosc", StringComparison.Ordinal));
        Assert.That(codecs, Is.Empty);
    }

    [Test]
    public void TheLibraryShouldStayLoadedUntilTheProcessEnds()
    {
        var dynamic = Tool.Run("readelf", "--dynamic", "--wide", PublishedLibrary.Path).ShouldSucceed().Output;
        Assert.That(dynamic, Does.Contain("NODELETE"));
    }

    [Test]
    public void TheLibraryShouldNeedOnlyWhatEverySystemHas()
    {
        var dynamic = Tool.Run("readelf", "--dynamic", "--wide", PublishedLibrary.Path).ShouldSucceed().Output;
        var needed = dynamic.Split('\n').Where(line => line.Contains("(NEEDED)", StringComparison.Ordinal))
            .Select(line => line[(line.IndexOf('[', StringComparison.Ordinal) + 1)..line.IndexOf(']', StringComparison.Ordinal)]);
        Assert.That(needed, Is.SubsetOf(
            new[] { "libc.so.6", "libm.so.6", "libpthread.so.0", "libdl.so.2", "librt.so.1", "ld-linux-x86-64.so.2" }));
    }

    private static string[] ReadSymbols()
    {
        var lines = Tool.Run("nm", "--dynamic", "--defined-only", "--no-demangle", PublishedLibrary.Path).ShouldSucceed().Output;
        var names = lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[^1].Split('@')[0]);
        return [.. names.Order(StringComparer.Ordinal)];
    }
}
