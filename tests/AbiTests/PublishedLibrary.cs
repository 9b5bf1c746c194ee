namespace AbiTests;

/// <summary>
/// The library under test: the file that is shipped, named by an environment variable or in the checkout's artifacts. Tests
/// without it fail: an ABI that nobody looked at is not tested.
/// </summary>
internal static class PublishedLibrary
{
    /// <summary>Names the library's file, or the folder that it is in.</summary>
    public const string Variable = "OMEZARR_NATIVE_LIBRARY";

    private static readonly string[] FileNames = ["libomezarr_native.so", "omezarr_native.so"];

    private static readonly Lazy<string> Found = new(Find);

    /// <summary>The library's full path.</summary>
    public static string Path => Found.Value;

    private static string Find()
    {
        var given = Environment.GetEnvironmentVariable(Variable);
        var artifacts = System.IO.Path.Combine(Repository.Root, "artifacts", "linux-x64");
        var place = given ?? artifacts;
        string[] candidates = [place, .. FileNames.Select(name => System.IO.Path.Combine(place, name))];
        return candidates.FirstOrDefault(File.Exists) is { } file
            ? System.IO.Path.GetFullPath(file)
            : throw new FileNotFoundException(
                $"There is no published library at {place}. Make it first (./build.sh Publish), or name it by the environment "
                    + $"variable {Variable}.");
    }
}
