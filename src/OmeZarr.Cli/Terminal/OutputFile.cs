using System.Globalization;

namespace OmeZarr.Cli.Terminal;

/// <summary>
/// A file that appears under its name only when it is whole: until then, and for ever when something fails, what was there
/// before stays.
/// </summary>
internal sealed class OutputFile : IDisposable
{
    private readonly string _path;
    private readonly string _temporary;
    private readonly FileStream _stream;
    private bool _isDone;

    private OutputFile(string path)
    {
        _path = Path.GetFullPath(path);
        var folder = Path.GetDirectoryName(_path) ?? throw UserException.Usage($"'{path}' is a folder; give a file's name");
        if (Directory.Exists(_path))
            throw UserException.Usage($"'{path}' is a folder; give a file's name");
        if (!Directory.Exists(folder))
            throw UserException.CannotAccess($"'{path}' cannot be written: the folder '{folder}' is not there");
        var number = Random.Shared.Next().ToString("x8", CultureInfo.InvariantCulture);
        _temporary = Path.Join(folder, $".{Path.GetFileName(_path)}.{number}.tmp");
        _stream = new FileStream(_temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16);
    }

    public Stream Stream => _stream;

    public static OutputFile Create(string path) => new(path);

    /// <summary>Gives the file its name.</summary>
    public void Complete()
    {
        _stream.Dispose();
        File.Move(_temporary, _path, overwrite: true);
        _isDone = true;
    }

    public void Dispose()
    {
        _stream.Dispose();
        if (!_isDone)
            File.Delete(_temporary);
    }
}
