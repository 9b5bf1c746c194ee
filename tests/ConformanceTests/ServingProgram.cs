using System.Diagnostics;

namespace OmeZarr.ConformanceTests;

/// <summary>The published program, serving a dataset on a free port until it is disposed of.</summary>
internal sealed class ServingProgram : IDisposable
{
    private readonly Process _process;

    public ServingProgram(string dataset)
    {
        var program = Environment.GetEnvironmentVariable("OMEZARR_PROGRAM")
            ?? Path.Join(Repository.Root, "artifacts", "linux-x64", "bin", "omezarr");
        Assert.That(program, Does.Exist, "./build.sh Publish makes it");
        _process = Process.Start(
            new ProcessStartInfo(program, ["serve", dataset, "--port", "0"]) { RedirectStandardOutput = true })!;
        PageUrl = Line("page");
        FilesUrl = Line("files");
    }

    /// <summary>Where the page is; ends in '/'.</summary>
    public string PageUrl { get; }

    /// <summary>Where the dataset's files are.</summary>
    public string FilesUrl { get; }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private string Line(string name)
    {
        var line = _process.StandardOutput.ReadLine();
        Assert.That(line, Does.StartWith(name));
        return line!.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
    }
}
