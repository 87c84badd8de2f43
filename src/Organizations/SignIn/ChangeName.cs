using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OffGridFlow.Organizations.Users;
using OffGridFlow.Platform.Http;
using OffGridFlow.Platform.Postgres;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.Organizations.SignIn;

/// <summary>One's own name, as colleagues see it.</summary>
internal static class ChangeName
{
    internal sealed record Request(string? Name = null);

    public static void Map(IEndpointRouteBuilder auth) => auth.MapPut("/me/name", async (Request request, Caller caller, Database database, TimeProvider clock, CancellationToken ct) =>
            (await Handle(request.Name, OwnSessions.Person(caller), database, clock, ct)).ToNoContent())
        .WithName("ChangeName").WithSummary("Change one's own name.").Produces(StatusCodes.Status204NoContent).OfOwnAccount();

    internal static async Task<Result<int>> Handle(string? name, Caller person, Database database, TimeProvider clock, CancellationToken ct) => AddUser.CheckName(name) is { } unusable
        ? unusable
        : await database.Write<int>(
            person, async session => await session.Execute(
                "update people.users set name = @name, updated_at = @now, version = version + 1 where user_id = @user", new { name = name!.Trim(), now = clock.GetUtcNow(), user = person.User!.Value }), ct);
}
