using System.Buffers.Binary;
using System.Numerics;

namespace OmeZarr.Cli.Manifests;

/// <summary>
/// SHA-256 in this program itself: the system's is OpenSSL on Linux, which a machine need not have, and whose absence ends the
/// process. Not thread-safe.
/// </summary>
/// <seealso href="https://csrc.nist.gov/pubs/fips/180-4/upd1/final">FIPS 180-4</seealso>
internal sealed class Sha256
{
    public const int DigestBytes = 32;

    private const int BlockBytes = 64;
    private const int Rounds = 64;

    private static readonly uint[] Constants =
    [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    ];

    private readonly uint[] _state =
    [
        0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
    ];

    private readonly byte[] _block = new byte[BlockBytes];
    private int _inBlock;
    private ulong _bytes;

    /// <summary>Takes some more of the data.</summary>
    public void Add(ReadOnlySpan<byte> data)
    {
        _bytes += (ulong)data.Length;
        if (_inBlock > 0)
        {
            var taken = Math.Min(BlockBytes - _inBlock, data.Length);
            data[..taken].CopyTo(_block.AsSpan(_inBlock));
            _inBlock += taken;
            data = data[taken..];
            if (_inBlock < BlockBytes)
                return;
            Mix(_block);
            _inBlock = 0;
        }

        while (data.Length >= BlockBytes)
        {
            Mix(data[..BlockBytes]);
            data = data[BlockBytes..];
        }

        data.CopyTo(_block);
        _inBlock = data.Length;
    }

    /// <summary>The digest in hexadecimal digits, as <c>sha256sum</c> prints it. Ends the use of this object.</summary>
    public string Finish()
    {
        const int lengthBytes = sizeof(ulong);
        var bits = _bytes * 8;
        Span<byte> end = stackalloc byte[2 * BlockBytes];
        end.Clear();
        end[0] = 0x80;
        var padding = (_inBlock < BlockBytes - lengthBytes ? BlockBytes : 2 * BlockBytes) - _inBlock;
        BinaryPrimitives.WriteUInt64BigEndian(end[(padding - lengthBytes)..], bits);
        Add(end[..padding]);
        Span<byte> digest = stackalloc byte[DigestBytes];
        for (var i = 0; i < _state.Length; i++)
            BinaryPrimitives.WriteUInt32BigEndian(digest[(i * sizeof(uint))..], _state[i]);
        return Convert.ToHexStringLower(digest);
    }

    private void Mix(ReadOnlySpan<byte> block)
    {
        const int given = 16;
        Span<uint> words = stackalloc uint[Rounds];
        for (var i = 0; i < given; i++)
            words[i] = BinaryPrimitives.ReadUInt32BigEndian(block[(i * sizeof(uint))..]);
        for (var i = given; i < words.Length; i++)
        {
            var (early, late) = (words[i - 15], words[i - 2]);
            var first = BitOperations.RotateRight(early, 7) ^ BitOperations.RotateRight(early, 18) ^ (early >> 3);
            var second = BitOperations.RotateRight(late, 17) ^ BitOperations.RotateRight(late, 19) ^ (late >> 10);
            words[i] = words[i - given] + first + words[i - 7] + second;
        }

        var constants = Constants.AsSpan(0, Rounds);
        var (a, b, c, d) = (_state[0], _state[1], _state[2], _state[3]);
        var (e, f, g, h) = (_state[4], _state[5], _state[6], _state[7]);
        for (var i = 0; i < words.Length; i++)
        {
            var upper = BitOperations.RotateRight(e, 6) ^ BitOperations.RotateRight(e, 11) ^ BitOperations.RotateRight(e, 25);
            var chosen = h + upper + ((e & f) ^ (~e & g)) + constants[i] + words[i];
            var lower = BitOperations.RotateRight(a, 2) ^ BitOperations.RotateRight(a, 13) ^ BitOperations.RotateRight(a, 22);
            var majority = lower + ((a & b) ^ (a & c) ^ (b & c));
            (h, g, f, e) = (g, f, e, d + chosen);
            (d, c, b, a) = (c, b, a, chosen + majority);
        }

        _state[0] += a;
        _state[1] += b;
        _state[2] += c;
        _state[3] += d;
        _state[4] += e;
        _state[5] += f;
        _state[6] += g;
        _state[7] += h;
    }
}
