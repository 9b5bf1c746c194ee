using System.Diagnostics;

namespace OmeZarr.Benchmarks.Limits;

/// <summary>
/// Programs that want every processor and the disk at the same time as whatever is measured: a busy loop for each processor, and
/// one that writes and deletes a file over and over. They end when disposed, and by themselves when this program is gone.
/// </summary>
internal sealed class CompetingLoad : IDisposable
{
    private const string Script = """
        parent=$PPID; file=$1
        busy() { while kill -0 $parent 2>/dev/null; do i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; done; }
        i=0; while [ $i -lt "$2" ]; do busy & i=$((i+1)); done
        while kill -0 $parent 2>/dev/null; do dd if=/dev/zero of="$file" bs=4M count=64 conv=fsync 2>/dev/null; rm -f "$file"; done
        """;

    private readonly Process _shell;
    private readonly string _file;

    /// <param name="folder">Where the disk's share is written.</param>
    public CompetingLoad(WorkFolder folder)
    {
        _file = Path.Combine(folder.Folder, "competing");
        // A session of its own, so that all of it ends with it.
        _shell = Process.Start(
            new ProcessStartInfo("setsid", ["sh", "-c", Script, "sh", _file, $"{Environment.ProcessorCount}"]))!;
    }

    public static string Name => $"beside {Environment.ProcessorCount} busy loops and a disk writer";

    public void Dispose()
    {
        using (var kill = Process.Start(new ProcessStartInfo("sh", ["-c", $"kill -9 -{_shell.Id}"])))
            kill!.WaitForExit();
        _shell.WaitForExit();
        _shell.Dispose();
        File.Delete(_file);
    }
}
