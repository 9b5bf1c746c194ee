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

    private readonly bool _isNew;

    private OutputFile(string path, bool isNew)
    {
        _isNew = isNew;
        _path = Path.GetFullPath(path);
        var folder = Path.GetDirectoryName(_path) ?? throw UserException.Usage($"'{path}' is a folder; give a file's name");
        if (Directory.Exists(_path))
            throw UserException.Usage($"'{path}' is a folder; give a file's name");
        if (isNew && File.Exists(_path))
            throw AlreadyThere(path);
        if (!Directory.Exists(folder))
            throw UserException.CannotAccess($"'{path}' cannot be written: the folder '{folder}' is not there");
        var number = Random.Shared.Next().ToString("x8", CultureInfo.InvariantCulture);
        _temporary = Path.Join(folder, $".{Path.GetFileName(_path)}.{number}.tmp");
        _stream = new FileStream(_temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16);
    }

    public Stream Stream => _stream;

    /// <summary>Replaces what is there, in the end.</summary>
    public static OutputFile Create(string path) => new(path, isNew: false);

    /// <summary>Replaces nothing.</summary>
    public static OutputFile CreateNew(string path) => new(path, isNew: true);

    /// <summary>Gives the file its name.</summary>
    /// <param name="durable">Whether it must survive a power cut from then on.</param>
    public void Complete(bool durable = false)
    {
        _stream.Flush(flushToDisk: durable);
        _stream.Dispose();
        try
        {
            File.Move(_temporary, _path, overwrite: !_isNew);
        }
        catch (IOException) when (_isNew && File.Exists(_path))
        {
            throw AlreadyThere(_path);
        }

        _isDone = true;
    }

    private static UserException AlreadyThere(string path) =>
        UserException.CannotAccess($"'{path}' is there already, and is not replaced: remove it, or choose another name");

    public void Dispose()
    {
        _stream.Dispose();
        if (!_isDone)
            File.Delete(_temporary);
    }
}
