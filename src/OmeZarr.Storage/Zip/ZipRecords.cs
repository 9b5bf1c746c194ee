using System.Buffers.Binary;
using System.Text;

namespace OmeZarr.Storage.Zip;

/// <summary>
/// The records of a zip file, as far as files have them that are stored as they are. All numbers are little-endian.
/// </summary>
/// <seealso href="https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT"/>
internal static class ZipRecords
{
    public const uint LocalSignature = 0x0403_4B50;
    public const uint CentralSignature = 0x0201_4B50;
    public const uint EndSignature = 0x0605_4B50;
    public const uint End64Signature = 0x0606_4B50;
    public const uint LocatorSignature = 0x0706_4B50;

    public const int LocalBytes = 30;
    public const int CentralBytes = 46;
    public const int EndBytes = 22;
    public const int End64Bytes = 56;
    public const int LocatorBytes = 20;

    /// <summary>The most bytes of a name, of an extra field, of a comment.</summary>
    public const int MostText = ushort.MaxValue;

    /// <summary>Stands where a number did not fit and is in the extra field, or in the record of 64 bits.</summary>
    public const uint Elsewhere = uint.MaxValue;

    public const ushort ElsewhereShort = ushort.MaxValue;

    /// <summary>The extra field with numbers of 64 bits.</summary>
    public const ushort Extra64 = 1;

    public const ushort Stored = 0;

    /// <summary>Names are UTF-8.</summary>
    public const ushort Utf8Flag = 1 << 11;

    public const ushort EncryptedFlag = 1;

    /// <summary>The version that knows 64 bits.</summary>
    public const ushort Version64 = 45;

    public static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static ushort Short(ReadOnlySpan<byte> record, int offset) =>
        BinaryPrimitives.ReadUInt16LittleEndian(record[offset..]);

    public static uint Int(ReadOnlySpan<byte> record, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(record[offset..]);

    public static ulong Long(ReadOnlySpan<byte> record, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(record[offset..]);
}
