using BitMiracle.LibTiff.Classic;

namespace OmeZarr.Cli.Recording;

/// <summary>Keeps what the TIFF library complains of, which it would print.</summary>
internal sealed class TiffErrors : TiffErrorHandler
{
    private static readonly TiffErrors Listening = new();

    private string _last = "the file is damaged";

    /// <summary>The last complaint.</summary>
    public static string Last => Listening._last;

    public static void Listen() => Tiff.SetErrorHandler(Listening);

    public override void ErrorHandler(Tiff tif, string method, string format, params object[] args) =>
        _last = string.Format(System.Globalization.CultureInfo.InvariantCulture, format, args);

    public override void ErrorHandlerExt(Tiff tif, object clientData, string method, string format, params object[] args)
    {
    }

    public override void WarningHandler(Tiff tif, string method, string format, params object[] args)
    {
        // Unknown tags, mostly: microscopes write their own.
    }

    public override void WarningHandlerExt(Tiff tif, object clientData, string method, string format, params object[] args)
    {
    }
}
