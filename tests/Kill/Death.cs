using OmeZarr.Harness;

namespace OmeZarr.Kill;

/// <summary>A host that plays a scenario and is killed: at a random instant, or by the shim at one of its system calls.</summary>
internal sealed class Death : IDisposable
{
    private readonly ShimControl? _shim;
    private readonly int _call;
    private readonly long _delayNs;

    private Death(Scenario scenario, string folder, ShimControl? shim, int call, long delayNs)
    {
        Scenario = scenario;
        _shim = shim;
        _call = call;
        _delayNs = delayNs;
        Host = new CameraRun(scenario.Calls, Path.Join(folder, "host"), shim?.Environment ?? []);
    }

    /// <summary>What is played.</summary>
    public Scenario Scenario { get; }

    public CameraRun Host { get; }

    /// <summary>A time before the kill, by the clock of the log.</summary>
    public long Instant { get; private set; }

    /// <summary>Where it was to die.</summary>
    public string What => _shim is null
        ? $"{_delayNs / 1000} µs after call {_call} of {Scenario.Calls.Count} had begun"
        : $"at system call {_call}: {(_shim.Hits > 0 ? _shim.What : "not reached")}";

    /// <summary>Some moments after a call has begun.</summary>
    public static Death AtInstant(Scenario scenario, Random random, string folder)
    {
        var (call, most) = random.Next(4) switch
        {
            0 => (scenario.CreateCall, 4_000_000),
            1 => (scenario.EndCall, 6_000_000),
            _ => (random.Next(scenario.CreateCall, scenario.EndCall), 4_000_000),
        };
        // Short delays mostly: an append takes microseconds, create and finalize some milliseconds.
        return new Death(scenario, folder, shim: null, call, (long)(Math.Pow(random.NextDouble(), 3) * most));
    }

    /// <summary>
    /// Before or after a system call of create, of the end, or of all. How many there are, a run elsewhere tells.
    /// </summary>
    public static Death AtCall(Scenario scenario, Random random, string folder)
    {
        scenario = random.Next(3) switch
        {
            0 => scenario.ArmedOnly(scenario.CreateCall, scenario.CreateCall + 1),
            1 => scenario.ArmedOnly(scenario.EndCall, scenario.Calls.Count),
            _ => scenario,
        };
        var calls = CallCount.Of(scenario, folder);
        var shim = new ShimControl(Path.Join(folder, "shim.bin"));
        var call = (int)random.NextInt64(1, Math.Max(2, calls + 1));
        shim.Choose(random.Next(2) == 0 ? ShimAction.KillBefore : ShimAction.KillAfter, ShimControl.OfStore, call);
        return new Death(scenario, folder, shim, call, delayNs: 0);
    }

    /// <summary>Plays until the end; false when it did not come within the bound.</summary>
    public bool Run(TimeSpan bound)
    {
        if (_shim is null)
            return KillAtInstant(bound);
        var ended = Host.WaitForExit(bound);
        if (!ended)
            Host.Kill();
        // It cannot have been killed before the last time that it wrote down.
        Instant = Host.Log.All().Max(answer => Math.Max(answer.Begun, answer.Ended));
        return ended;
    }

    public void Dispose()
    {
        Host.Dispose();
        _shim?.Dispose();
    }

    private bool KillAtInstant(TimeSpan bound)
    {
        var end = CameraLog.Now + (long)bound.TotalMilliseconds * 1_000_000;
        var spin = new SpinWait();
        while (!Host.HasExited && !Host.Log[_call].HasBegun && CameraLog.Now < end)
            spin.SpinOnce(sleep1Threshold: -1);
        for (var until = CameraLog.Now + _delayNs; CameraLog.Now < until && !Host.HasExited;)
            spin.SpinOnce(sleep1Threshold: -1);
        Instant = Host.Kill();
        return Instant < end;
    }
}
