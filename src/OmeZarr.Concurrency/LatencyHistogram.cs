using System.Numerics;
using System.Runtime.CompilerServices;

namespace OmeZarr.Concurrency;

/// <summary>
/// Durations in nanoseconds, counted in buckets that are at most 1/32 wide of their value (as an HDR histogram), so that
/// every append is recorded in a few nanoseconds and percentiles are right to 3 %. Any thread may record and read.
/// </summary>
public sealed class LatencyHistogram
{
    private const int SubBits = 5;
    private const int SubBuckets = 1 << SubBits;

    private readonly long[] _counts = GC.AllocateArray<long>((64 - SubBits + 1) * SubBuckets, pinned: true);
    private long _sum;
    private long _max;
    private long _last;

    /// <summary>Number of records. Counted here and not while recording, which happens on the camera's thread.</summary>
    public long Count
    {
        get
        {
            long count = 0;
            for (var bucket = 0; bucket < _counts.Length; bucket++)
                count += Volatile.Read(ref _counts[bucket]);
            return count;
        }
    }

    public long Last => Volatile.Read(ref _last);

    public long Max => Volatile.Read(ref _max);

    public long Mean
    {
        get
        {
            var count = Count;
            return count == 0 ? 0 : Volatile.Read(ref _sum) / count;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Record(long nanoseconds)
    {
        nanoseconds = Math.Max(0, nanoseconds);
        Interlocked.Increment(ref _counts[Bucket(nanoseconds)]);
        Interlocked.Add(ref _sum, nanoseconds);
        Volatile.Write(ref _last, nanoseconds);
        RaiseMax(nanoseconds);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void RaiseMax(long nanoseconds)
    {
        var max = Max;
        while (nanoseconds > max)
        {
            var seen = Interlocked.CompareExchange(ref _max, nanoseconds, max);
            if (seen == max)
                break;
            max = seen;
        }
    }

    /// <summary>Forgets all records; while nobody records.</summary>
    public void Clear()
    {
        Array.Clear(_counts);
        (_sum, _max, _last) = (0, 0, 0);
    }

    /// <summary>Adds all records of another histogram; its last one counts as the last.</summary>
    public void Add(LatencyHistogram other)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (var bucket = 0; bucket < _counts.Length; bucket++)
            Interlocked.Add(ref _counts[bucket], Volatile.Read(ref other._counts[bucket]));
        Interlocked.Add(ref _sum, Volatile.Read(ref other._sum));
        Volatile.Write(ref _last, other.Count > 0 ? other.Last : Last);
        RaiseMax(other.Max);
    }

    /// <summary>The duration that a share of all records (0 to 1) does not exceed; 0 when there are none.</summary>
    public long Percentile(double share)
    {
        var wanted = Math.Max(1, (long)Math.Ceiling(share * Count));
        long seen = 0;
        for (var bucket = 0; bucket < _counts.Length; bucket++)
        {
            seen += Volatile.Read(ref _counts[bucket]);
            if (seen >= wanted)
                return Math.Min(UpperEdge(bucket), Max);
        }

        return Max;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Bucket(long value)
    {
        if (value < SubBuckets)
            return (int)value;
        var exponent = BitOperations.Log2((ulong)value) - SubBits;
        return (exponent + 1) * SubBuckets + (int)(value >> exponent) - SubBuckets;
    }

    private static long UpperEdge(int bucket)
    {
        if (bucket < SubBuckets)
            return bucket;
        var exponent = bucket / SubBuckets - 1;
        return ((long)(bucket % SubBuckets + SubBuckets + 1) << exponent) - 1;
    }
}
