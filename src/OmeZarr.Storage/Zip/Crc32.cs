namespace OmeZarr.Storage.Zip;

/// <summary>The checksum of zip files: the CRC of 32 bits with the polynomial 0xEDB88320, eight bytes at a time.</summary>
public static class Crc32
{
    private const uint Polynomial = 0xEDB8_8320;
    private const int Width = 8;
    private const int Values = 256;

    private static readonly uint[] Table = MakeTable();

    /// <summary>Goes on with more bytes; the first time with 0.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        var table = Table.AsSpan();
        crc = ~crc;
        for (; bytes.Length >= Width; bytes = bytes[Width..])
        {
            var low = ZipRecords.Int(bytes, 0) ^ crc;
            var high = ZipRecords.Int(bytes, 4);
            crc = table[(7 * Values) + (int)(low & 0xFF)] ^ table[(6 * Values) + (int)((low >> 8) & 0xFF)]
                ^ table[(5 * Values) + (int)((low >> 16) & 0xFF)] ^ table[(4 * Values) + (int)(low >> 24)]
                ^ table[(3 * Values) + (int)(high & 0xFF)] ^ table[(2 * Values) + (int)((high >> 8) & 0xFF)]
                ^ table[Values + (int)((high >> 16) & 0xFF)] ^ table[(int)(high >> 24)];
        }

        foreach (var one in bytes)
            crc = (crc >> 8) ^ table[(int)((crc ^ one) & 0xFF)];
        return ~crc;
    }

    private static uint[] MakeTable()
    {
        var table = new uint[Width * Values];
        for (uint i = 0; i < Values; i++)
        {
            var value = i;
            for (var bit = 0; bit < 8; bit++)
                value = (value >> 1) ^ ((value & 1) * Polynomial);
            table[i] = value;
        }

        for (var i = Values; i < table.Length; i++)
            table[i] = (table[i - Values] >> 8) ^ table[(int)(table[i - Values] & 0xFF)];
        return table;
    }
}
