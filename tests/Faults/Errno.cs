namespace OmeZarr.Faults;

/// <summary>Errors of Linux (asm-generic), by number.</summary>
internal enum Errno
{
    None = 0,
    EPERM = 1,
    ENOENT = 2,
    EINTR = 4,
    EIO = 5,
    EAGAIN = 11,
    ENOMEM = 12,
    EACCES = 13,
    EBUSY = 16,
    EINVAL = 22,
    ENFILE = 23,
    EMFILE = 24,
    EFBIG = 27,
    ENOSPC = 28,
    EROFS = 30,
    ENOLCK = 37,
    EOPNOTSUPP = 95,
    ESTALE = 116,
    EDQUOT = 122,
}
