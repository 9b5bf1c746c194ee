namespace OmeZarr.Simulation.Scheduling;

/// <summary>Writes down what the threads of a run do, to help understand a violation.</summary>
internal sealed class Trace(TextWriter output)
{
    private string _last = "";

    public void Step(Scheduler scheduler, LogicalThread thread, string file, int line)
    {
        var where = line == 0 ? file : $"{Path.GetFileName(file)}:{line}";
        var said = $"{thread.Name} {where}";
        // A loop that checks the same word again and again is one line.
        if (said == _last)
            return;
        _last = said;
        Write(scheduler, thread.Name, where);
    }

    public void Write(Scheduler scheduler, string what) => Write(scheduler, Scheduler.Current?.Name ?? "-", what);

    private void Write(Scheduler scheduler, string who, string what) =>
        output.WriteLine(FormattableString.Invariant($"{scheduler.Now / 1000.0,14:0.0} us {scheduler.Steps,8} {who,-12} {what}"));
}
