using System.Globalization;
using OmeZarr.Harness;

namespace OmeZarr.Faults;

/// <summary>One fault: what is done at which call of which layout.</summary>
/// <param name="Layout">Number of the layout.</param>
/// <param name="Action">What the shim does.</param>
/// <param name="Kind">Calls that it counts.</param>
/// <param name="Error">The error of <see cref="ShimAction.Fail"/>; otherwise the first one, without meaning.</param>
/// <param name="Lasts">Whether all further calls of the kind fare alike.</param>
/// <param name="At">The call, from 1.</param>
internal sealed record FaultCase(int Layout, ShimAction Action, SystemCall Kind, Errno Error, bool Lasts, long At)
{
    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <exception cref="ArgumentException">It is no case.</exception>
    public static FaultCase Parse(string text)
    {
        var parts = text.Split('/');
        if (parts.Length == 5
            && int.TryParse(parts[0], CultureInfo.InvariantCulture, out var layout)
            && Enum.TryParse<ShimAction>(parts[1], ignoreCase: true, out var action)
            && Enum.TryParse<SystemCall>(parts[2], ignoreCase: true, out var kind)
            && Enum.TryParse<Errno>(parts[3].TrimEnd('+'), out var error)
            && long.TryParse(parts[4], CultureInfo.InvariantCulture, out var at))
        {
            return new FaultCase(layout, action, kind, error, parts[3].EndsWith('+'), at);
        }

        throw new ArgumentException($"--case {text}: written as 0/Fail/Write/ENOSPC/17, a + behind the error for one that lasts");
    }

    /// <summary>For a table: without layout and call.</summary>
    public string Sort => Action == ShimAction.Fail ? $"{Kind} {Error}{(Lasts ? ", lasting" : "")}"
        : $"{Kind} {Action.ToString().ToLowerInvariant()}";

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Layout}/{Action}/{Kind}/{Error}{(Lasts ? "+" : "")}/{At}");
}
