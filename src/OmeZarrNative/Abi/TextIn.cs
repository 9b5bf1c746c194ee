using System.Runtime.InteropServices;
using System.Text;

namespace OmeZarrNative.Abi;

/// <summary>Zero-terminated UTF-8 from the caller.</summary>
internal static unsafe class TextIn
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The bytes before the closing 0; refused when null.</summary>
    public static ReadOnlySpan<byte> Bytes(byte* text, string name)
    {
        if (text == null)
            AbiException.Throw(Status.InvalidArgument, $"{name} is null");
        // SAFETY: the ABI says that strings end with 0.
        return MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text);
    }

    /// <summary>The text; refused when null or not UTF-8.</summary>
    public static string String(byte* text, string name)
    {
        try
        {
            return Strict.GetString(Bytes(text, name));
        }
        catch (DecoderFallbackException)
        {
            throw new AbiException(Status.InvalidArgument, $"{name} is not valid UTF-8");
        }
    }
}
