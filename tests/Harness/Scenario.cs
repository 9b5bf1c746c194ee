using System.Text;
using System.Text.Json.Nodes;
using OmeZarr.Acquisition;

namespace OmeZarr.Harness;

/// <summary>An acquisition as a host makes it: settings, and the calls from create to the end.</summary>
public sealed record Scenario
{
    /// <summary>A word for the kind of layout and of host.</summary>
    public required string Name { get; init; }

    public required JsonObject Settings { get; init; }

    public required AcquisitionPlan Plan { get; init; }

    public required IReadOnlyList<CameraCall> Calls { get; init; }

    /// <summary>The dataset's folder.</summary>
    public string Dataset => Plan.OutputPath;

    public string Json => Settings.ToJsonString();

    /// <summary>The call that creates the dataset.</summary>
    public int CreateCall => Calls.Select((call, i) => (call, i)).First(at => at.call.Kind == CallKind.Create).i;

    /// <summary>The call that begins to end it.</summary>
    public int EndCall => Calls.Select((call, i) => (call, i)).First(at => at.call.IsEnd).i;

    /// <summary>The same, and the shim sees only some of the calls.</summary>
    public Scenario ArmedOnly(int first, int end)
    {
        List<CameraCall> calls =
            [.. Calls.Select(call => call.Kind is CallKind.Arm or CallKind.Disarm ? call with { Kind = CallKind.Disarm } : call)];
        calls.Insert(end, new CameraCall(CallKind.Disarm));
        calls.Insert(first, new CameraCall(CallKind.Arm));
        return this with { Calls = calls };
    }

    /// <summary>The same in another place.</summary>
    public Scenario At(string dataset)
    {
        var settings = Settings.DeepClone().AsObject();
        settings["root_path"] = dataset;
        var json = settings.ToJsonString();
        return this with
        {
            Settings = settings,
            Plan = PlanOf(settings),
            Calls = [.. Calls.Select(call => call.Kind == CallKind.Create ? call with { Text = json } : call)],
        };
    }

    public static AcquisitionPlan PlanOf(JsonObject settings) =>
        AcquisitionPlanner.Plan(Encoding.UTF8.GetBytes(settings.ToJsonString()));
}
