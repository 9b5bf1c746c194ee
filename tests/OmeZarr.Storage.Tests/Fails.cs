using NUnit.Framework.Constraints;

namespace OmeZarr.Storage.Tests;

/// <summary>Constraints on the errors of a store.</summary>
internal static class Fails
{
    public static EqualConstraint With(StoreErrorKind kind) =>
        Throws.InstanceOf<StoreException>().With.Property(nameof(StoreException.Kind)).EqualTo(kind);
}
