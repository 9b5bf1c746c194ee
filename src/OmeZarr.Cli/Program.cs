using System.Runtime.InteropServices;
using OmeZarr.Cli;
using OmeZarr.Cli.Terminal;

using var interrupted = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, StopGently);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, StopGently);
return new OmeZarrProgram(Screen.OfTheProcess(interrupted.Token)).Run(args);

// The first signal lets the command end by itself, so that it leaves nothing half done; the second one is not held up.
void StopGently(PosixSignalContext signal)
{
    if (interrupted.IsCancellationRequested)
    {
        Screen.ShowCursor();
        return;
    }

    signal.Cancel = true;
    interrupted.Cancel();
}
