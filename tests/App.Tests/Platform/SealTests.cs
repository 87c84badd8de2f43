using System.Security.Cryptography;
using System.Text;
using OffGridFlow.App.Tests.Support;
using OffGridFlow.Platform.Secrets;
using OffGridFlow.Platform.Tenancy;

namespace OffGridFlow.App.Tests.Platform;

public sealed class SealTests(TestDatabase test) : IClassFixture<TestDatabase>
{
    private static readonly byte[] Secret = Encoding.UTF8.GetBytes("whsec_correct horse battery staple");

    private static string Master(string name) => $"{name}:{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(name)))}";

    private static Seals With(params string[] names) => new(MasterKeys.Read(string.Join(',', names.Select(Master)), "test"), TimeProvider.System);

    private async Task<T> In<T>(Caller caller, Func<OffGridFlow.Platform.Postgres.Session, Task<T>> work) =>
        (await test.Database.Write<T>(caller, async session => await work(session), TestContext.Current.CancellationToken)).Value;

    [Fact]
    public async Task what_is_sealed_opens_for_its_tenant_and_purpose_only()
    {
        var seals = With("one");
        var box = await In(test.Acme, session => seals.Seal(session, "webhook", Secret));
        await In(test.Globex, session => seals.Seal(session, "webhook", Secret));

        Assert.Equal(Secret, await In(test.Acme, session => seals.Open(session, "webhook", box)));
        await Assert.ThrowsAnyAsync<CryptographicException>(() => In(test.Acme, session => seals.Open(session, "connector", box)));
        await Assert.ThrowsAnyAsync<CryptographicException>(() => In(test.Globex, session => seals.Open(session, "webhook", box)));
        Assert.DoesNotContain(Encoding.UTF8.GetString(Secret), Encoding.Latin1.GetString(box), StringComparison.Ordinal);
    }

    [Fact]
    public async Task every_changed_bit_is_noticed()
    {
        var seals = With("one");
        var box = await In(test.Acme, session => seals.Seal(session, "webhook", Secret));

        for (var bit = 0; bit < box.Length * 8; bit++)
        {
            var changed = box.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            await Assert.ThrowsAnyAsync<CryptographicException>(() => In(test.Acme, session => seals.Open(session, "webhook", changed)));
        }
    }

    [Fact]
    public async Task keys_are_rotated_and_masters_replaced_without_losing_what_was_sealed()
    {
        var tenant = Caller.System(TenantId.New(), "test");
        var before = With("one");
        var old = await In(tenant, session => before.Seal(session, "webhook", Secret));
        await In<int>(tenant, async session =>
        {
            await before.Rotate(session);
            return 0;
        });
        var young = await In(tenant, session => before.Seal(session, "webhook", Secret));
        var both = With("two", "one");

        Assert.NotEqual(old[..5], young[..5]);
        Assert.True(await In(tenant, both.Rewrap) >= 2);
        var after = With("two");
        Assert.Equal(Secret, await In(tenant, session => after.Open(session, "webhook", old)));
        Assert.Equal(Secret, await In(tenant, session => after.Open(session, "webhook", young)));
        await Assert.ThrowsAnyAsync<CryptographicException>(() => In(tenant, session => With("one").Open(session, "webhook", old)));
    }

    [Fact]
    public async Task a_key_of_a_transaction_that_is_undone_is_not_remembered()
    {
        var seals = With("one");
        var tenant = Caller.System(TenantId.New(), "test");
        await using (var undone = await test.Database.Open(tenant, System.Data.IsolationLevel.ReadCommitted, TestContext.Current.CancellationToken))
        {
            await seals.Seal(undone, "webhook", Secret);
        }

        var box = await In(tenant, session => seals.Seal(session, "webhook", Secret));

        Assert.Equal(Secret, await In(tenant, session => With("one").Open(session, "webhook", box)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("one")]
    [InlineData("one:c2hvcnQ=")]
    [InlineData(":AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    public void master_keys_that_are_none_are_refused(string text) => Assert.Throws<InvalidDataException>(() => MasterKeys.Read(text, "test"));

    [Fact]
    public async Task the_first_start_makes_a_master_key_that_stays_and_that_nobody_else_can_read()
    {
        var folder = Directory.CreateTempSubdirectory("offgridflow-keys-").FullName;
        try
        {
            var made = MasterKeys.Of(folder);
            var again = MasterKeys.Of(folder);

            Assert.Equal(Secret, await again.Unwrap(await made.Wrap(Secret, "x"u8.ToArray(), CancellationToken.None), "x"u8.ToArray(), CancellationToken.None));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder, "keys", "master")));

            // A program that runs hears of a new one; what the old one sealed still opens.
            var before = await made.Wrap(Secret, "x"u8.ToArray(), CancellationToken.None);
            again.Add("second");
            Assert.Equal("second", made.Current);
            Assert.Equal("second", (await made.Wrap(Secret, "x"u8.ToArray(), CancellationToken.None)).Master);
            Assert.Equal(Secret, await made.Unwrap(before, "x"u8.ToArray(), CancellationToken.None));
            Assert.Throws<InvalidDataException>(() => again.Add("second"));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder, "keys", "master")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
