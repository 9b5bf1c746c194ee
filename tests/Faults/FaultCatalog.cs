using OmeZarr.Harness;

namespace OmeZarr.Faults;

/// <summary>
/// Which faults a kind of call can have: every error that its manual names and a disk, network or limit can cause.
/// </summary>
internal static class FaultCatalog
{
    /// <summary>Errors of disks and limits usually stay: also from a call on for ever.</summary>
    private static readonly Errno[] Lasting =
        [Errno.ENOSPC, Errno.EIO, Errno.EROFS, Errno.EMFILE, Errno.ESTALE, Errno.ENOMEM, Errno.EAGAIN];

    private static readonly SystemCall[] LastingKinds =
        [SystemCall.Open, SystemCall.Write, SystemCall.Rename, SystemCall.Sync, SystemCall.MakeThread, SystemCall.Truncate];

    /// <summary>All cases of a layout, of whose kinds there were so many calls.</summary>
    /// <remarks>
    /// Without the memory of the runtime, which ends the process by some failures of its own: the library has no say in those.
    /// </remarks>
    public static IEnumerable<FaultCase> Of(int layout, Func<SystemCall, long> count)
    {
        foreach (var kind in Enum.GetValues<SystemCall>().Where(kind => kind != SystemCall.RuntimeMap))
        {
            for (var at = 1L; at <= count(kind); at++)
            {
                foreach (var fault in Of(layout, kind, at))
                    yield return fault;
            }
        }
    }

    private static IEnumerable<FaultCase> Of(int layout, SystemCall kind, long at)
    {
        foreach (var error in ErrorsOf(kind))
        {
            yield return new FaultCase(layout, ShimAction.Fail, kind, error, Lasts: false, at);
            if (Lasting.Contains(error) && LastingKinds.Contains(kind))
                yield return new FaultCase(layout, ShimAction.Fail, kind, error, Lasts: true, at);
        }

        if (kind == SystemCall.Write)
        {
            yield return new FaultCase(layout, ShimAction.Short, kind, Errno.None, Lasts: false, at);
            yield return new FaultCase(layout, ShimAction.Short, kind, Errno.None, Lasts: true, at);
            yield return new FaultCase(layout, ShimAction.Zero, kind, Errno.None, Lasts: false, at);
        }

        if (!ShimControl.OfStore.Contains(kind))
            yield break;
        yield return new FaultCase(layout, ShimAction.Delay, kind, Errno.None, Lasts: false, at);
        yield return new FaultCase(layout, ShimAction.Hold, kind, Errno.None, Lasts: false, at);
    }

    private static Errno[] ErrorsOf(SystemCall kind) => kind switch
    {
        SystemCall.Open =>
        [
            Errno.EACCES, Errno.EMFILE, Errno.ENFILE, Errno.EINTR, Errno.ENOSPC, Errno.EDQUOT, Errno.EROFS, Errno.EIO,
            Errno.ESTALE, Errno.ENOMEM,
        ],
        SystemCall.MakeFolder => [Errno.EACCES, Errno.ENOSPC, Errno.EDQUOT, Errno.EROFS, Errno.EIO, Errno.ESTALE],
        SystemCall.Rename => [Errno.EACCES, Errno.ENOSPC, Errno.EROFS, Errno.EIO, Errno.ESTALE, Errno.EBUSY],
        SystemCall.Write =>
            [Errno.EIO, Errno.ENOSPC, Errno.EDQUOT, Errno.EINTR, Errno.EAGAIN, Errno.EFBIG, Errno.ESTALE, Errno.ENOMEM],
        SystemCall.Truncate => [Errno.EIO, Errno.EFBIG, Errno.EINTR, Errno.ENOSPC],
        SystemCall.Allocate => [Errno.ENOSPC, Errno.EOPNOTSUPP, Errno.EINTR, Errno.EIO, Errno.EFBIG],
        SystemCall.Sync => [Errno.EIO, Errno.ENOSPC, Errno.EDQUOT, Errno.EINTR],
        SystemCall.Remove => [Errno.EACCES, Errno.EBUSY, Errno.EIO, Errno.EROFS],
        SystemCall.Lock => [Errno.EAGAIN, Errno.EINTR, Errno.ENOLCK],
        SystemCall.Close => [Errno.EIO, Errno.ENOSPC, Errno.EDQUOT, Errno.EINTR],
        SystemCall.Read => [Errno.EIO, Errno.EINTR],
        SystemCall.Look => [Errno.EACCES, Errno.EIO, Errno.ESTALE],
        SystemCall.List => [Errno.EMFILE, Errno.EACCES, Errno.EIO],
        SystemCall.Change => [Errno.EINVAL],
        SystemCall.MakeThread => [Errno.EAGAIN],
        _ => [Errno.ENOMEM],
    };
}
