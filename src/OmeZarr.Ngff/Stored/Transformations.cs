using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace OmeZarr.Ngff.Stored;

/// <summary>Scales and translations, one after the other, worked into one of each.</summary>
internal sealed record Transformations(ImmutableArray<double> Scale, ImmutableArray<double> Translation)
{
    internal static Transformations Read(JsonNode? list, int axes, string at)
    {
        var result = new Transformations([.. Enumerable.Repeat(1.0, axes)], [.. new double[axes]]);
        if (list is null)
            return result;
        foreach (var step in list.Each(at, (node, place) => ReadOne(node.AsObject(place), axes, place)))
            result = result.Then(step);
        return result;
    }

    /// <summary>This one, then another.</summary>
    internal Transformations Then(Transformations next) => new(
        [.. Scale.Zip(next.Scale, (own, other) => own * other)],
        [.. Translation.Select((offset, axis) => offset * next.Scale[axis] + next.Translation[axis])]);

    internal static Transformations ReadOne(JsonObject step, int axes, string at)
    {
        var ones = Enumerable.Repeat(1.0, axes).ToImmutableArray();
        ImmutableArray<double> zeros = [.. new double[axes]];
        return step["type"].AsText($"{at}.type") switch
        {
            "identity" => new Transformations(ones, zeros),
            "scale" => new Transformations(Numbers("scale"), zeros),
            "translation" => new Transformations(ones, Numbers("translation")),
            var type => throw new NgffFormatException($"`{at}` is a transformation of type \"{type}\", which is not supported."),
        };

        ImmutableArray<double> Numbers(string key)
        {
            var numbers = step[key].Each($"{at}.{key}", StoredJson.AsNumber);
            return numbers.Length == axes
                ? numbers
                : throw new NgffFormatException($"`{at}.{key}` has {numbers.Length} numbers for {axes} axes.");
        }
    }
}
