using System.Net;
using OmeZarr.Acquisition;
using OmeZarr.Serving;
using OmeZarr.Serving.Http;
using OmeZarrNative.Abi;

namespace OmeZarrNative;

/// <summary>
/// The page that shows a running stream (<c>monitor</c> in the settings), from before its first frame until its end.
/// </summary>
internal sealed class StreamMonitor : IDisposable
{
    /// <summary>What its answers take of the managed heap, beside what describes each image.</summary>
    private const long AnswersHeapBytes = 24L << 20;

    private const long ImageHeapBytes = 2048;

    // A browser opens six connections.
    private static readonly HttpLimits Limits = new() { Connections = 16 };

    private readonly DatasetServer _server;

    private StreamMonitor(DatasetServer server) => _server = server;

    /// <summary>The page's address, with the part that nobody guesses.</summary>
    public string Url => _server.Url;

    /// <summary>What a plan's monitor takes of the managed heap.</summary>
    public static long HeapBytes(AcquisitionPlan plan) =>
        plan.Settings.Monitor is null ? 0 : AnswersHeapBytes + plan.Images.Length * ImageHeapBytes;

    /// <summary>Takes the port that a plan asks for; null when it asks for none.</summary>
    /// <exception cref="AbiException">The port cannot be had.</exception>
    public static StreamMonitor? Begin(AcquisitionPlan plan)
    {
        if (plan.Settings.Monitor is not { } monitor)
            return null;
        DatasetServer? server = null;
        try
        {
            server = DatasetServer.Bind(IPAddress.Parse(monitor.Host), monitor.Port, DatasetServer.NewToken(), Limits, LogDefect);
            server.Start();
            return new StreamMonitor(server);
        }
        catch (IOException e)
        {
            server?.Dispose();
            throw new AbiException(Status.Io, $"monitor: {e.Message}");
        }
        catch
        {
            server?.Dispose();
            throw;
        }
    }

    /// <summary>Shows a stream.</summary>
    public void Show(OpenStream stream) => _server.Show(new StreamSource(stream));

    /// <summary>Ends it with all its threads.</summary>
    public void Dispose() => _server.Dispose();

    private static void LogDefect(Exception defect) => Log.Write(LogLevel.Error, $"monitor: {defect}");
}
