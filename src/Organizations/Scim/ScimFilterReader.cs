using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OffGridFlow.Organizations.Scim;

/// <summary>A path of a change: RFC 7644, figure 7.</summary>
/// <param name="Place">The attribute; null: all of an extension.</param>
/// <param name="Which">Of the values, those this holds of; null: all.</param>
internal sealed record ScimPath(ScimSchema? Extension, ScimPlace? Place, ScimFilter? Which);

/// <summary>Reads filters and paths (RFC 7644, figures 1 and 7). What it does not know is a problem, never everything.</summary>
internal ref struct ScimFilterReader
{
    private const int Longest = 4000;
    private const int Deepest = 40;

    private static readonly string[] Comparing = ["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"];

    private readonly ScimKind kind;
    private readonly ReadOnlySpan<char> text;

    // Within brackets names are parts of this.
    private ScimAttribute? within;
    private int at;
    private int depth;
    private string? wrong;

    private ScimFilterReader(ScimKind kind, ReadOnlySpan<char> text)
    {
        this.kind = kind;
        this.text = text;
    }

    public static Result<ScimFilter> Filter(ScimKind kind, string text)
    {
        if (text.Length > Longest)
        {
            return ScimProblem.InvalidFilter($"{text.Length} characters", $"at most {Longest}");
        }

        var reader = new ScimFilterReader(kind, text);
        var filter = reader.Or();
        reader.Blanks();
        if (reader.wrong is null && reader.at < text.Length)
        {
            reader.wrong = $"'{text[reader.at..]}' after the filter's end";
        }

        return reader.wrong is { } found || filter is null ? ScimProblem.InvalidFilter(reader.wrong ?? text, "attribute, operator and value, such as userName eq \"ana\"") : filter;
    }

    public static Result<ScimPath> Path(ScimKind kind, string text)
    {
        if (text.Length > Longest)
        {
            return ScimProblem.InvalidPath($"{text.Length} characters");
        }

        if (kind.Extension is { } extension && extension.Id.Equals(text, StringComparison.OrdinalIgnoreCase))
        {
            return new ScimPath(extension, null, null);
        }

        var reader = new ScimFilterReader(kind, text);
        var place = reader.Place();
        ScimFilter? which = null;
        if (place is { Part: null } && reader.Takes('['))
        {
            which = reader.Inside(place);
            if (reader.wrong is null && reader.Takes('.'))
            {
                var name = reader.Word();
                place = place with { Part = place.Attribute.Part(name) };
                reader.wrong ??= place.Part is null ? name : null;
            }
        }

        return reader.wrong is null && place is not null && reader.at == text.Length ? new ScimPath(place.Extension, place, which) : ScimProblem.InvalidPath(text);
    }

    /// <summary>A name alone, as <c>attributes</c> lists them; null when there is none of it.</summary>
    public static ScimPlace? Name(ScimKind kind, string text)
    {
        var reader = new ScimFilterReader(kind, text);
        return reader.Place() is { } place && reader.at == text.Length ? place : null;
    }

    private ScimFilter? Or()
    {
        var left = And();
        while (wrong is null && TakesWord("or"))
        {
            left = And() is { } right && left is not null ? new ScimFilter.Either(left, right) : null;
        }

        return left;
    }

    private ScimFilter? And()
    {
        var left = One();
        while (wrong is null && TakesWord("and"))
        {
            left = One() is { } right && left is not null ? new ScimFilter.Both(left, right) : null;
        }

        return left;
    }

    private ScimFilter? One()
    {
        if (++depth > Deepest)
        {
            wrong = "a filter within too many others";
        }

        Blanks();
        var not = wrong is null && TakesWord("not");
        ScimFilter? one;
        Blanks();
        if (wrong is null && Takes('('))
        {
            one = Or();
            Blanks();
            wrong ??= Takes(')') ? null : "a bracket that is not closed";
        }
        else
        {
            wrong ??= not ? "not without brackets" : null;
            one = wrong is null ? Comparison() : null;
        }

        depth--;
        return one is null || wrong is not null ? null : not ? new ScimFilter.Not(one) : one;
    }

    private ScimFilter? Comparison()
    {
        if (Place() is not { } place)
        {
            return null;
        }

        if (place.Part is null && within is null && Takes('['))
        {
            return Inside(place) is { } inner ? new ScimFilter.Value(place, inner) : null;
        }

        Blanks();
        var how = Word().ToLowerInvariant();
        if (how == "pr")
        {
            return new ScimFilter.Present(place);
        }

        if (!Comparing.Contains(how, StringComparer.Ordinal))
        {
            wrong = $"the operator '{how}'";
            return null;
        }

        Blanks();
        var value = Literal();
        wrong ??= Fault(place.Compared, how, value);
        return wrong is null ? new ScimFilter.Compare(place, how, place.Compared.Type == ScimType.Boolean && value?.GetValueKind() == JsonValueKind.String ? bool.Parse(value.GetValue<string>()) : value) : null;
    }

    private static string? Fault(ScimAttribute compared, string how, JsonNode? value) => value?.GetValueKind() switch
    {
        null => how is "eq" or "ne" ? null : $"null after {how}",
        _ when compared.Type == ScimType.Complex => $"{compared.Name} as a whole",
        JsonValueKind.String when compared.Type == ScimType.Boolean => how is "eq" or "ne" && bool.TryParse(value.GetValue<string>(), out _) ? null : $"a text for {compared.Name}",
        JsonValueKind.String => compared.Type != ScimType.DateTime || DateTimeOffset.TryParse(value.GetValue<string>(), CultureInfo.InvariantCulture, out _) ? null : $"'{value}' for {compared.Name}",
        JsonValueKind.True or JsonValueKind.False when compared.Type == ScimType.Boolean => how is "eq" or "ne" ? null : $"{how} of true or false",
        var other => $"a {other} for {compared.Name}",
    };

    private ScimFilter? Inside(ScimPlace place)
    {
        within = place.Attribute;
        var inner = Or();
        Blanks();
        wrong ??= Takes(']') ? null : "a bracket that is not closed";
        within = null;
        return wrong is null ? inner : null;
    }

    private ScimPlace? Place()
    {
        var (holder, extension) = (within, (ScimSchema?)null);
        if (holder is null)
        {
            foreach (var schema in (IEnumerable<ScimSchema>)(kind.Extension is { } more ? [kind.Core, more] : [kind.Core]))
            {
                if (text[at..].StartsWith(schema.Id + ":", StringComparison.OrdinalIgnoreCase))
                {
                    at += schema.Id.Length + 1;
                    extension = schema == kind.Core ? null : schema;
                }
            }
        }

        var name = Word();
        var attribute = holder is not null ? holder.Part(name) : extension is not null ? extension.Find(name) : kind.Find(name);
        if (attribute is null)
        {
            wrong = $"the attribute '{name}'";
            return null;
        }

        if (holder is not null || !Takes('.'))
        {
            return new ScimPlace(extension, attribute, null);
        }

        var part = Word();
        if (attribute.Part(part) is not { } known)
        {
            wrong = $"the attribute '{name}.{part}'";
            return null;
        }

        return new ScimPlace(extension, attribute, known);
    }

    private string Word()
    {
        var start = at;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '_' or '-' or '$'))
        {
            at++;
        }

        return text[start..at].ToString();
    }

    private JsonNode? Literal()
    {
        var start = at;
        if (at < text.Length && text[at] == '"')
        {
            for (at++; at < text.Length && text[at] != '"'; at++)
            {
                at += text[at] == '\\' ? 1 : 0;
            }

            at = Math.Min(at + 1, text.Length);
        }
        else
        {
            while (at < text.Length && text[at] is not (' ' or ')' or ']'))
            {
                at++;
            }
        }

        var written = text[start..at].ToString();
        try
        {
            return written.Length == 0 ? throw new JsonException() : JsonNode.Parse(written is "True" or "False" ? written.ToLowerInvariant() : written);
        }
        catch (JsonException)
        {
            wrong = written.Length == 0 ? "no value" : $"the value {written}";
            return null;
        }
    }

    private void Blanks()
    {
        while (at < text.Length && text[at] == ' ')
        {
            at++;
        }
    }

    private bool Takes(char sign)
    {
        var takes = at < text.Length && text[at] == sign;
        at += takes ? 1 : 0;
        return takes;
    }

    // A word of the grammar, whatever its case, and no part of a longer one.
    private bool TakesWord(string word)
    {
        Blanks();
        var rest = text[at..];
        var takes = rest.StartsWith(word, StringComparison.OrdinalIgnoreCase) && (rest.Length == word.Length || rest[word.Length] is ' ' or '(');
        at += takes ? word.Length : 0;
        return takes;
    }
}
