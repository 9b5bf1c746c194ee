namespace AbiTests;

/// <summary>
/// The library under test: the file that is shipped, named by an environment variable or in the checkout's artifacts. Tests
/// without it fail: an ABI that nobody looked at is not tested.
/// </summary>
internal static class PublishedLibrary
{
    /// <summary>Names the library's file, or the folder that it is in.</summary>
    public const string Variable = "OMEZARR_NATIVE_LIBRARY";

    private static readonly string[] FileNames = ["omezarr_native.so", "libomezarr_native.so"];

    private static readonly Lazy<string> Found = new(Find);

    /// <summary>The library's full path.</summary>
    public static string Path => Found.Value;

    private static string Find()
    {
        var given = Environment.GetEnvironmentVariable(Variable);
        var artifacts = System.IO.Path.Combine(Repository.Root, "artifacts", "linux-x64");
        string[] places = given is null
            ? [artifacts, System.IO.Path.Combine(artifacts, "lib"), System.IO.Path.Combine(artifacts, "bin")]
            : [given];
        foreach (var place in places)
        {
            string[] candidates = [place, .. FileNames.Select(name => System.IO.Path.Combine(place, name))];
            if (candidates.FirstOrDefault(File.Exists) is { } file)
                return System.IO.Path.GetFullPath(file);
        }

        throw new FileNotFoundException(
            $"There is no published library in {string.Join(", ", places)}. Publish it first:\n"
            + "  dotnet publish src/OmeZarrNative -f net9.0 -r linux-x64 -c Release -o artifacts/linux-x64\n"
            + $"or name it by the environment variable {Variable}.");
    }
}
