using System.Diagnostics;

namespace OmeZarr.Harness;

/// <summary>One start of the host: its script, its answers, what it said.</summary>
public sealed class CameraRun : IDisposable
{
    private const int MostErrors = 4;

    private readonly string _errors;
    private readonly Process _process;
    private readonly Task _reading;
    private readonly CameraLog _log;

    /// <param name="calls">What to play.</param>
    /// <param name="folder">For script, answers and messages.</param>
    /// <param name="environment">Beside this process's own.</param>
    public CameraRun(IReadOnlyList<CameraCall> calls, string folder, params IEnumerable<(string Name, string Value)> environment)
    {
        Directory.CreateDirectory(folder);
        var script = Path.Join(folder, "script.bin");
        CameraScript.Write(script, calls);
        _log = new CameraLog(Path.Join(folder, "log.bin"), calls.Count);
        _errors = Path.Join(folder, "errors.txt");
        var start = new ProcessStartInfo(NativeProgram.Camera, [script, _log.Path]) { RedirectStandardError = true };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        _process = Process.Start(start)!;
        // Drained as it comes, so that a host with much to say does not wait.
        _reading = DrainAsync(_process.StandardError, _errors);
    }

    public CameraLog Log => _log;

    public int Id => _process.Id;

    /// <summary>128 + the signal's number for a process that a signal ended.</summary>
    public int ExitCode => _process.ExitCode;

    public bool HasExited => _process.HasExited;

    /// <summary>All that it said of calls that failed.</summary>
    public string Errors => File.Exists(_errors) ? File.ReadAllText(_errors) : "";

    /// <summary>The same for a message: each failure once, and not too many.</summary>
    public string FirstErrors =>
        string.Join("\n    ", Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .DistinctBy(line => line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..]).Take(MostErrors));

    /// <summary>Waits for the end; false when the bound passed first.</summary>
    public bool WaitForExit(TimeSpan bound)
    {
        if (!_process.WaitForExit(bound))
            return false;
        _reading.Wait(bound);
        return true;
    }

    /// <summary>Ends it with SIGKILL.</summary>
    /// <returns>A time before the signal, by the clock of the log.</returns>
    public long Kill()
    {
        var before = CameraLog.Now;
        _process.Kill();
        _process.WaitForExit();
        _reading.Wait();
        return before;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            Kill();
        _process.Dispose();
        _log.Dispose();
    }

    private static async Task DrainAsync(StreamReader from, string file)
    {
        await using var to = File.CreateText(file);
        while (await from.ReadLineAsync() is { } line)
            await to.WriteLineAsync(line);
    }
}
