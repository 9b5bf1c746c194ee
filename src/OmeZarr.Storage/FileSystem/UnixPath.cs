using System.Text;

namespace OmeZarr.Storage.FileSystem;

/// <summary>
/// Builds a path as the system wants it, in memory that the caller has on its stack: a name costs no allocation.
/// </summary>
internal ref struct UnixPath
{
    /// <summary>The longest path that the system takes, in bytes with the NUL at its end.</summary>
    public const int MaxBytes = 4096;

    /// <summary>The longest part of a path, in bytes with a NUL: what any Linux file system has.</summary>
    public const int MaxPartBytes = 1024;

    internal const int NameTooLong = 36;

    private readonly Span<byte> _room;
    private int _length;

    /// <param name="room">Of <see cref="MaxBytes"/> at most.</param>
    public UnixPath(Span<byte> room)
    {
        _room = room;
        room[0] = 0;
    }

    /// <summary>The path so far, behind it a NUL.</summary>
    public readonly ReadOnlySpan<byte> Terminated => _room[..(_length + 1)];

    public void Append(ReadOnlySpan<byte> part)
    {
        if (part.Length >= _room.Length - _length)
            throw TooLong();
        part.CopyTo(_room[_length..]);
        _room[_length += part.Length] = 0;
    }

    public void Append(ReadOnlySpan<char> part)
    {
        if (!Encoding.UTF8.TryGetBytes(part, _room[_length..^1], out var written))
            throw TooLong();
        _room[_length += written] = 0;
    }

    public void AppendHex(uint number)
    {
        if (!number.TryFormat(_room[_length..^1], out var written, "x", System.Globalization.CultureInfo.InvariantCulture))
            throw TooLong();
        _room[_length += written] = 0;
    }

    // As the runtime says it: HResult is the errno.
    public static IOException TooLong() => new($"the path is longer than {MaxBytes - 1} bytes", NameTooLong);
}
