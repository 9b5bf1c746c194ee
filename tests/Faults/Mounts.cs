using System.Diagnostics;

namespace OmeZarr.Faults;

/// <summary>
/// Small file systems of this process's own: the program starts itself again in a mount namespace, which the kernel clears away
/// however it ends.
/// </summary>
internal static class Mounts
{
    private const string Inside = "OMEZARR_HARNESS_MOUNTS";

    /// <summary>Whether this process may mount what nobody else sees.</summary>
    public static bool AreOwn => Environment.GetEnvironmentVariable(Inside) is not null;

    /// <summary>Whether they are those of a user namespace, in which block devices cannot be mounted.</summary>
    public static bool AreOfUser => Environment.GetEnvironmentVariable(Inside) == "user";

    /// <summary>Runs the program again where it may mount; null where the system allows no such place.</summary>
    public static int? RunAgain(string[] arguments)
    {
        (string Kind, string[] Options)[] ways =
        [
            ("root", ["--mount", "--propagation", "private"]),
            ("user", ["--user", "--map-root-user", "--mount", "--propagation", "private"]),
        ];
        foreach (var (kind, options) in ways)
        {
            if (Command("unshare", [.. options, "mount", "-t", "tmpfs", "none", "/mnt"]) != 0)
                continue;
            var program = Path.Join(AppContext.BaseDirectory, "Faults.dll");
            var start = new ProcessStartInfo("unshare", [.. options, "dotnet", program, .. arguments]);
            start.Environment[Inside] = kind;
            using var process = Process.Start(start)!;
            process.WaitForExit();
            return process.ExitCode;
        }

        return null;
    }

    /// <summary>Mounts a tmpfs.</summary>
    public static void Memory(string folder, int megabytes) =>
        Must("mount", "-t", "tmpfs", "-o", $"size={megabytes}m,mode=777", "none", folder);

    /// <summary>Makes an ext4 in a file and mounts it; false where there are no loop devices.</summary>
    public static bool TryExt4(string file, string folder, int megabytes)
    {
        using (var image = File.Create(file))
            image.SetLength((long)megabytes << 20);
        return Command("mkfs.ext4", ["-q", "-F", "-m", "0", file]) == 0
            && Command("mount", ["-o", "loop", file, folder]) == 0;
    }

    /// <summary>Makes an ext4 refuse every write from now on, as its driver does when it meets a broken disk.</summary>
    public static bool TryBreakExt4(string folder) => Command("mount", ["-o", "remount,abort", folder]) == 0;

    public static void Unmount(string folder) => Command("umount", ["-l", folder]);

    private static void Must(string program, params string[] arguments)
    {
        if (Command(program, arguments) is not 0 and var exit)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {exit}");
    }

    private static int Command(string program, string[] arguments)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            _ = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // There is no such program here.
            return -1;
        }
    }
}
