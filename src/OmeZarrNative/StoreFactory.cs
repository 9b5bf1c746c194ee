using OmeZarr.Acquisition;
using OmeZarr.Storage;
using OmeZarr.Storage.FileSystem;

namespace OmeZarrNative;

/// <summary>Chooses the store that an acquisition's settings ask for.</summary>
internal static class StoreFactory
{
    public static IWritableStore Create(AcquisitionPlan plan) => new FileSystemStore(plan.OutputPath, new FileSystemOptions
    {
        Unbuffered = plan.Settings.Unbuffered,
        OnWarning = Log.Warn,
    });
}
