namespace OmeZarr.Stores;

/// <summary>What a store of the tests can be made to fail at.</summary>
[Flags]
public enum StoreOperation
{
    Begin = 1,
    Put = 2,
    Create = 4,
    Append = 8,
    PublishFooter = 16,
    Complete = 32,
    Sync = 64,
    Commit = 128,
    CheckRoot = 256,
    Read = 512,
    List = 1024,

    /// <summary>Everything but reading.</summary>
    Any = 511,
}
