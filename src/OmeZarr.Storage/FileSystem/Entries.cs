namespace OmeZarr.Storage.FileSystem;

/// <summary>What an entry of a folder is.</summary>
internal enum EntryKind
{
    File,
    Folder,
    Link,
    Other,
}

/// <summary>An entry of a folder.</summary>
internal readonly record struct Entry(string Name, EntryKind Kind);

/// <summary>What tells a file or a folder from every other one on this machine, as long as somebody has it open.</summary>
internal readonly record struct FileIdentity(ulong Device, ulong Number);

/// <summary>What lies at a name; nothing was followed.</summary>
internal readonly record struct FileStatus(EntryKind Kind, FileIdentity Identity, long Bytes);

/// <summary>What a rename does when the new name is taken.</summary>
internal enum RenameMode
{
    /// <summary>Takes its place.</summary>
    Replace,

    /// <summary>Fails.</summary>
    Refuse,

    /// <summary>Gives it the old name, in the same instant.</summary>
    Exchange,
}

/// <summary>Whether a folder could be locked.</summary>
internal enum LockResult
{
    Taken,

    /// <summary>Another writer has it.</summary>
    Held,

    /// <summary>This file system has no such locks: nobody is excluded.</summary>
    Unavailable,
}
