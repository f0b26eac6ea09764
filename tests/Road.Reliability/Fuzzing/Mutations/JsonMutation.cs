using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Road.Reliability.Fuzzing.Mutations;

/// <summary>Damage to a JSON text that is JSON still: names, numbers and texts changed, values removed, moved, doubled, nested.</summary>
internal static class JsonMutation
{
    private static readonly string[] Values =
    [
        "0", "-1", "1e308", "-1e308", "1e-320", "0.5", "255", "256", "2147483647", "2147483648",
        "9223372036854775807", "18446744073709551616",
        "1e999", "null", "true", "\"\"", "\"x\"", "\"\\u0000\"", "\"../x\"",
        "\"\\ud800\"", "[]", "{}", "[[]]", "[0]", "{\"x\":0}", "\"NaN\"",
    ];

    /// <summary>Damages a text; null where it is no JSON.</summary>
    public static byte[]? TryMutate(byte[] content, Random random)
    {
        try
        {
            return JsonNode.Parse(content) is { } root ? Mutate(root, random) : null;
        }
        catch (Exception error) when (error is JsonException or ArgumentException or InvalidOperationException or DecoderFallbackException)
        {
            return null;
        }
    }

    private static byte[] Mutate(JsonNode root, Random random)
    {
        List<JsonNode> nodes = [.. Descend(root)];
        JsonNode node = nodes[random.Next(nodes.Count)];

        // Text that no node can be, such as a number beyond all types, takes the place of a mark.
        string mark = "\"mark-of-mutation\"";
        string text = Values[random.Next(Values.Length)];
        switch (random.Next(7))
        {
            case 0 when node.Parent is JsonObject parent:
                string name = node.GetPropertyName();
                parent.Remove(name);
                parent[random.Next(2) == 0 ? name + "x" : name.ToUpperInvariant() + "_"] = node;
                break;
            case 1 when node.Parent is JsonObject parent:
                parent.Remove(node.GetPropertyName());
                break;
            case 2 when node is JsonArray { Count: > 0 } array:
                array.RemoveAt(random.Next(array.Count));
                break;
            case 3 when node is JsonArray { Count: > 0 } array:
                array.Add(array[random.Next(array.Count)]?.DeepClone());
                break;
            case 4 when node is JsonObject here:
                here["surplus"] = JsonValue.Create(mark.Trim('"'));
                break;
            case 5 when node.Parent is not null:
                mark = node.ToJsonString();
                text = random.Next(3) switch
                {
                    0 => $"{mark}, {mark}",
                    1 => new string('[', 70) + mark + new string(']', 70),
                    _ => nodes[random.Next(nodes.Count)].ToJsonString(),
                };
                break;
            default:
                if (node.Parent is null)
                {
                    return Encoding.UTF8.GetBytes(text);
                }

                node.ReplaceWith(JsonValue.Create(mark.Trim('"')));
                break;
        }

        string json = root.ToJsonString();
        int place = json.IndexOf(mark, StringComparison.Ordinal);
        return Encoding.UTF8.GetBytes(place < 0 ? json : json[..place] + text + json[(place + mark.Length)..]);
    }

    private static IEnumerable<JsonNode> Descend(JsonNode node) => node switch
    {
        JsonObject inner => inner.Select(static pair => pair.Value).OfType<JsonNode>().SelectMany(Descend).Prepend(node),
        JsonArray items => items.OfType<JsonNode>().SelectMany(Descend).Prepend(node),
        _ => [node],
    };
}
