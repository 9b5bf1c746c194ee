namespace OmeZarr.Storage.FileSystem;

/// <summary>Makes an absolute path of what a caller gave for the root.</summary>
internal static class RootPath
{
    public static string Absolute(string root)
    {
        if (root.Length == 0 || root.Contains('\0'))
            throw new StoreException(StoreErrorKind.InvalidKey, "The root path is empty or has a NUL character.");
        if (!Path.IsPathRooted(root) && !HasCurrentFolder())
            throw new StoreException(StoreErrorKind.Io,
                $"The path '{root}' is relative, and the current folder of this process has been removed.");
        return Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
    }

    private static bool HasCurrentFolder()
    {
        try
        {
            return Directory.Exists(Directory.GetCurrentDirectory());
        }
        catch (Exception e) when (IoFailure.IsIo(e))
        {
            return false;
        }
    }
}
