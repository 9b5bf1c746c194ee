using System.Diagnostics;

namespace OmeZarr.Harness;

/// <summary>The C programs of this harness, built once for each process that uses them.</summary>
public static class NativeProgram
{
    private static readonly string[] Strict = ["-std=c11", "-pedantic", "-Wall", "-Wextra", "-Werror", "-O1", "-g", "-pthread"];
    private static readonly Lazy<string> BuiltCamera = new(BuildCamera);
    private static readonly Lazy<string> BuiltShim = new(BuildShim);
    private static readonly Lazy<string> Folder = new(MakeFolder);

    /// <summary>The host that plays a script of calls.</summary>
    public static string Camera => BuiltCamera.Value;

    /// <summary>The library to be preloaded that counts, fails and holds up system calls.</summary>
    public static string Shim => BuiltShim.Value;

    private static string BuildCamera()
    {
        var library = Repository.Library;
        return Build("camera", "camera.c", [$"-I{Repository.Headers}", library, $"-Wl,-rpath,{Path.GetDirectoryName(library)}"]);
    }

    private static string BuildShim() => Build("shim.so", "shim.c", ["-shared", "-fPIC", "-ldl"]);

    private static string Build(string name, string source, string[] more)
    {
        var program = Path.Join(Folder.Value, name);
        var compiler = Environment.GetEnvironmentVariable("CC") ?? "cc";
        string[] arguments = [.. Strict, Path.Join(Repository.Native, source), .. more, "-o", program];
        using var process = Process.Start(new ProcessStartInfo(compiler, arguments) { RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? program
            : throw new InvalidOperationException($"{compiler} {string.Join(' ', arguments)}\n{errors}");
    }

    private static string MakeFolder()
    {
        var folder = Directory.CreateTempSubdirectory("omezarr-harness-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return folder;
    }
}
