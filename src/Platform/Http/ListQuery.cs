using System.Globalization;
using System.Text;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using OffGridFlow.Platform.Postgres;

namespace OffGridFlow.Platform.Http;

/// <summary>
/// What a client asks of a list: filters, ranges, order, cursor, limit. Bound from the query string by the list's shape, which the
/// endpoint declares with <see cref="ListEndpoints.Lists"/>; what cannot be read is a 400 before the handler runs.
/// </summary>
public sealed class ListQuery
{
    public const string Cursor = "cursor";
    public const string Limit = "limit";
    public const string Sort = "sort";

    private readonly List<(ListField Field, bool Descending)> order = [];
    private readonly StringBuilder conditions = new();
    private readonly DynamicParameters values = new();
    private int limit = Http.Cursor.DefaultLimit;

    private ListQuery()
    {
    }

    /// <summary>All of the list, from its beginning, in its own order.</summary>
    public static ListQuery Whole(ListShape shape) => Read(shape, new QueryCollection());

    public static ValueTask<ListQuery> BindAsync(HttpContext context)
    {
        var shape = context.GetEndpoint()?.Metadata.GetMetadata<ListShape>()
            ?? throw new InvalidOperationException($"{context.GetEndpoint()?.DisplayName} takes a ListQuery: declare its shape with .Lists(...).");
        return new(Read(shape, context.Request.Query));
    }

    /// <exception cref="BadRequestException">A value cannot be read.</exception>
    public static ListQuery Read(ListShape shape, IQueryCollection query)
    {
        var asked = new ListQuery();
        asked.ReadOrder(shape, One(query, Sort) ?? shape.DefaultSort);
        foreach (var field in shape.Fields)
        {
            if (field.IsFilter && query.TryGetValue(field.Name, out var any))
            {
                asked.Narrow(field, any.Select(text => Value(field, field.Name, text)).ToArray());
            }

            if (field.IsRange)
            {
                asked.Narrow(field, ">=", $"{field.Name}_from", One(query, $"{field.Name}_from"));
                asked.Narrow(field, "<=", $"{field.Name}_to", One(query, $"{field.Name}_to"));
            }
        }

        if (One(query, Limit) is { } wanted)
        {
            asked.limit = int.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= Http.Cursor.MostLimit
                ? number
                : throw new BadRequestException(new Problem("page.limit", Limit, wanted, $"1 to {Http.Cursor.MostLimit}", "Correct limit, and follow next for more."));
        }

        if (One(query, Cursor) is { } cursor)
        {
            asked.GoOn(cursor);
        }

        return asked;
    }

    /// <summary>One page.</summary>
    /// <param name="session">The tenant's transaction.</param>
    /// <param name="sql">A whole select statement whose columns are named as the shape's fields and as the members of <typeparamref name="T"/>.</param>
    /// <param name="parameters">Of the statement.</param>
    public async Task<Page<T>> Page<T>(Session session, string sql, object? parameters = null)
    {
        var places = string.Join(", ", order.Select(by => $"""q."{by.Field.Name}"::text"""));
        var sorted = string.Join(", ", order.Select(by => $"""q."{by.Field.Name}"{(by.Descending ? " desc" : "")}"""));
        var all = new DynamicParameters(parameters);
        all.AddDynamicParams(values);
        var command = new CommandDefinition(
            string.Create(CultureInfo.InvariantCulture, $"select q.*, array[{places}] as place from ({sql}) q where true{conditions} order by {sorted} limit {limit + 1}"),
            all,
            session.Transaction,
            cancellationToken: session.Cancelled);
        var rows = (await session.Connection.QueryAsync<T, string[], (T Item, string[] Place)>(command, (item, place) => (item, place), splitOn: "place")).AsList();
        return new Page<T>(
            rows.Take(limit).Select(row => row.Item).ToList(),
            rows.Count > limit ? Http.Cursor.Write([Ordering(), .. rows[limit - 1].Place]) : null);
    }

    private static string? One(IQueryCollection query, string name) => !query.TryGetValue(name, out var texts) ? null
        : texts.Count == 1 ? texts[0]!
        : throw new BadRequestException(new Problem("parameter.repeated", name, string.Join(", ", texts!), "one value", $"Send {name} once."));

    private static object Value(ListField field, string name, string? text) => field.Read(text ?? "")
        ?? throw new BadRequestException(new Problem("parameter.unreadable", name, text ?? "", field.Form, $"Correct {name}."));

    private void ReadOrder(ListShape shape, string text)
    {
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var name = part.TrimStart('-');
            var field = part.Length - name.Length <= 1 && shape.Find(name) is { IsSort: true } known
                ? known
                : throw new BadRequestException(new Problem("sort.unknown", Sort, part, string.Join(", ", shape.Fields.Where(field => field.IsSort).Select(field => field.Name)), "Sort by one of these; a minus before it turns the order."));
            if (order.TrueForAll(by => by.Field.Name != field.Name))
            {
                order.Add((field, part.Length > name.Length));
            }
        }

        if (order.TrueForAll(by => by.Field.Name != shape.Key.Name))
        {
            order.Add((shape.Key, order[^1].Descending));
        }
    }

    private string Ordering() => string.Join(',', order.Select(by => (by.Descending ? "-" : "") + by.Field.Name));

    private void Narrow(ListField field, object[] any)
    {
        var typed = Array.CreateInstance(any[0].GetType(), any.Length);
        any.CopyTo(typed, 0);
        conditions.Append(CultureInfo.InvariantCulture, $""" and q."{field.Name}" = any({Add(typed)}::{field.SqlType}[])""");
    }

    private void Narrow(ListField field, string comparison, string name, string? text)
    {
        if (text is not null)
        {
            conditions.Append(CultureInfo.InvariantCulture, $""" and q."{field.Name}" {comparison} {Add(Value(field, name, text))}::{field.SqlType}""");
        }
    }

    // After the last row of the page before: greater in the first place, or equal there and greater in the second, and so on.
    private void GoOn(string cursor)
    {
        var places = Http.Cursor.Read(cursor, order.Count + 1);
        if (places is null || places[0] != Ordering() || places.Any(place => place.Contains('\0', StringComparison.Ordinal)))
        {
            throw new BadRequestException(Http.Cursor.Bad(cursor));
        }

        var equal = "";
        var alternatives = new List<string>();
        for (var i = 0; i < order.Count; i++)
        {
            var (field, descending) = order[i];
            var value = Add(FromPlace(field, places[i + 1]) ?? throw new BadRequestException(Http.Cursor.Bad(cursor)));
            var column = $"""q."{field.Name}" """;
            alternatives.Add($"({equal}{column}{(descending ? "<" : ">")} {value}::{field.SqlType})");
            equal += $"{column}= {value}::{field.SqlType} and ";
        }

        conditions.Append(CultureInfo.InvariantCulture, $" and ({string.Join(" or ", alternatives)})");
    }

    // An instant is written into the cursor by PostgreSQL, to the microsecond: 2025-01-31 09:30:00.123456+00.
    private static object? FromPlace(ListField field, string place) => field.Kind == FieldKind.Instant
        ? DateTimeOffset.TryParse(place, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var at) ? at : null
        : field.Read(place);

    private string Add(object value)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"@list_{values.ParameterNames.Count()}");
        values.Add(name, value);
        return name;
    }
}

/// <summary>Marks an endpoint as a list.</summary>
public static class ListEndpoints
{
    /// <summary>The endpoint takes a <see cref="ListQuery"/> of this shape and answers with a <see cref="Page{T}"/>.</summary>
    public static RouteHandlerBuilder Lists<T>(this RouteHandlerBuilder endpoint, ListShape shape) =>
        endpoint.WithMetadata(shape).Produces<Page<T>>();
}
