using System.CommandLine;
using OffGridFlow.Organizations.ApiKeys;
using OffGridFlow.Organizations.Members;
using OffGridFlow.Organizations.Tenants;
using OffGridFlow.Platform.Messaging;
using OffGridFlow.Platform.Tenancy;
using OffGridFlow.Web.Host;

namespace OffGridFlow.Web.Cli;

/// <summary>tenant: the operator's verbs on tenants.</summary>
internal static class TenantCommand
{
    internal static Command Create()
    {
        var verb = new Verb("tenant", "Make tenants and keys, and list them.") { Examples = ["tenant create --slug acme --name \"Acme Pumps\"", "tenant owner --tenant acme --email ana@example.org", "tenant list", "tenant key --tenant acme"] };
        verb.Add(CreateOne());
        verb.Add(List());
        verb.Add(Key());
        verb.Add(Owner());
        verb.Add(Close("close", "End a tenant's subscription: nobody gets in any more, and the retention of its data begins.", opens: false));
        verb.Add(Close("reopen", "Take a tenant's subscription up again.", opens: true));
        verb.Add(TenantDataCommand.Import());
        verb.Add(TenantDataCommand.Certificates());
        verb.Add(TenantRegionCommand.Move());
        verb.Add(TenantRegionCommand.Place());
        return verb;
    }

    private static Command Close(string name, string description, bool opens)
    {
        var slug = new Option<string>("--tenant") { Required = true, Description = "The tenant's slug." };
        var state = HomeFolder.StateOption();
        var verb = new Verb(name, description) { Examples = [$"tenant {name} --tenant acme"], Options = { slug, state } };
        verb.SetAction(async (result, ct) =>
        {
            await using var opened = await OpenedDatabase.Open(HomeFolder.State(result, state), migrates: true, ct);
            if (!(await TenantDirectory.Find(result.GetValue(slug)!, opened.Database, ct)).TryValue(out var tenant, out var problem))
            {
                return Print<string>(result, problem, text => text);
            }

            var kept = await opened.Database.Read(Caller.System(tenant, "cli:tenant"), session => Retention.Read(session, new RetentionSettings()), ct);
            return Print(result, await CloseTenant.Handle(tenant, opens, opened.Database, ct), closed => closed is { } at
                ? $"closed  {at.UtcDateTime:yyyy-MM-dd HH:mm} UTC\nActivities and files go on {at + kept[Retention.Activities]:yyyy-MM-dd}, the erasure of everything else is asked for on {at + kept[Retention.Ledger]:yyyy-MM-dd}, unless it is reopened."
                : "open");
        });
        return verb;
    }

    private static Command CreateOne()
    {
        var slug = new Option<string>("--slug") { Required = true, Description = "Its name in commands: lower-case letters, digits and hyphens." };
        var name = new Option<string>("--name") { Required = true, Description = "Its name as people write it." };
        var start = new Option<int>("--fiscal-year-start") { DefaultValueFactory = _ => 1, Description = "Month its years begin with, 1 to 12." };
        var region = new Option<string?>("--region") { Description = "Where its data are to be; without it: in the region of this installation." };
        var state = HomeFolder.StateOption();
        var verb = new Verb("create", "Make a tenant and print its first API key, once.") { Examples = ["tenant create --slug acme --name \"Acme Pumps\" --fiscal-year-start 4"], Options = { slug, name, start, region, state } };
        verb.SetAction(async (result, ct) =>
        {
            await using var opened = await OpenedDatabase.Open(HomeFolder.State(result, state), migrates: true, ct);
            var made = await CreateTenant.Handle(
                new CreateTenant.Request(result.GetValue(slug)!, result.GetValue(name)!, result.GetValue(start), result.GetValue(region)), Regions.FromEnvironment(), opened.Database, TimeProvider.System, ct);
            return Print(result, made, tenant => $"tenant  {tenant.Slug}  {tenant.Tenant}\nkey     {tenant.Key}\nKeep the key: it is not shown again.");
        });
        return verb;
    }

    private static Command List()
    {
        var state = HomeFolder.StateOption();
        var verb = new Verb("list", "List the tenants.") { Examples = ["tenant list"], Options = { state } };
        verb.SetAction(async (result, ct) =>
        {
            await using var opened = await OpenedDatabase.Open(HomeFolder.State(result, state), migrates: true, ct);
            var tenants = await TenantDirectory.List(opened.Database, ct);
            new TextTable(["slug", "name", "status", "region", "id"], tenants.Select(tenant => new[] { tenant.Slug, tenant.Name, tenant.Status, tenant.Region, tenant.Id.ToString() })).Write(result.InvocationConfiguration.Output);
            return CommandLine.Done;
        });
        return verb;
    }

    private static Command Owner()
    {
        var slug = new Option<string>("--tenant") { Required = true, Description = "The tenant's slug." };
        var email = new Option<string>("--email") { Required = true, Description = "The person's address." };
        var name = new Option<string?>("--name") { Description = "The person's name." };
        var state = HomeFolder.StateOption();
        var verb = new Verb("owner", "Make somebody an owner of a tenant and print the link to choose a password with, once.")
        {
            Examples = ["tenant owner --tenant acme --email ana@example.org"], Options = { slug, email, name, state },
        };
        verb.SetAction(async (result, ct) =>
        {
            await using var opened = await OpenedDatabase.Open(HomeFolder.State(result, state), migrates: true, ct);
            if (!(await TenantDirectory.Find(result.GetValue(slug)!, opened.Database, ct)).TryValue(out var tenant, out var problem))
            {
                return Print<string>(result, problem, text => text);
            }

            var made = await AddOwner.Handle(new AddOwner.Request(result.GetValue(email), result.GetValue(name)), tenant, opened.Database, TimeProvider.System, ct);
            var server = HostSettings.AddressFromEnvironment()?.AbsoluteUri ?? (await ServerRecord.Running(HomeFolder.State(result, state), ct))?.Address;
            return Print(result, made, owner => owner.Token is { } token
                ? $"owner   {owner.Email}\nlink    {server?.TrimEnd('/')}{Authentication.ChoosePassword}?token={token.Text}\nOpen the link{(server is null ? " at the server's address" : "")} within seven days; it is good once, and not shown again."
                : $"owner   {owner.Email}\nThey sign in with the password they have.");
        });
        return verb;
    }

    private static Command Key()
    {
        var slug = new Option<string>("--tenant") { Required = true, Description = "The tenant's slug." };
        var name = new Option<string>("--name") { DefaultValueFactory = _ => "made on the command line", Description = "What the key is for." };
        var role = new Option<string>("--role") { DefaultValueFactory = _ => "api_client", Description = "What it may do: a role." };
        var state = HomeFolder.StateOption();
        var verb = new Verb("key", "Make another API key of a tenant and print it, once.") { Examples = ["tenant key --tenant acme --name \"meter gateway\""], Options = { slug, name, role, state } };
        verb.SetAction(async (result, ct) =>
        {
            await using var opened = await OpenedDatabase.Open(HomeFolder.State(result, state), migrates: true, ct);
            if (!(await TenantDirectory.Find(result.GetValue(slug)!, opened.Database, ct)).TryValue(out var tenant, out var problem))
            {
                return Print<string>(result, problem, text => text);
            }

            var made = await opened.Database.Write(
                Caller.System(tenant, "cli:tenant"), session => CreateApiKey.Handle(new CreateApiKey.Request(result.GetValue(name)!, Role: result.GetValue(role)), session, TimeProvider.System), ct);
            return Print(result, made, key => $"key     {key.Key}\nKeep the key: it is not shown again.");
        });
        return verb;
    }

    internal static int Print<T>(ParseResult result, Result<T> made, Func<T, string> text)
    {
        if (made.TryValue(out var value, out var problem))
        {
            result.InvocationConfiguration.Output.WriteLine(text(value));
            return CommandLine.Done;
        }

        result.InvocationConfiguration.Error.WriteLine($"{problem.Code}: found {problem.Found}; expected {problem.Expected}. {problem.Fix}");
        return CommandLine.Fault;
    }
}
