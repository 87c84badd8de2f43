using OffGridFlow.Organizations.Sessions;

namespace OffGridFlow.App.Tests.SignIn;

public sealed class PersonSecretTests
{
    [Fact]
    public void a_secret_names_its_person_and_its_thing()
    {
        var (user, thing) = (Guid.CreateVersion7(), Guid.CreateVersion7());

        var made = PersonSecret.New(PersonSecret.Session, user, thing);
        var read = PersonSecret.Read(PersonSecret.Session, made.Text)!;

        Assert.Equal((user, thing), (read.User, read.Thing));
        Assert.Equal(made.Hash, read.Hash);
        Assert.NotEqual(made.Text, PersonSecret.New(PersonSecret.Session, user, thing).Text);
    }

    [Fact]
    public void what_is_not_of_the_form_or_opens_something_else_is_none()
    {
        var made = PersonSecret.New(PersonSecret.Session, Guid.CreateVersion7());

        Assert.Null(PersonSecret.Read(PersonSecret.OneTime, made.Text));
        Assert.Null(PersonSecret.Read(PersonSecret.Session, made.Text[..^1]));
        Assert.Null(PersonSecret.Read(PersonSecret.Session, made.Text + "A"));
        Assert.Null(PersonSecret.Read(PersonSecret.Session, made.Text[..^1] + "%"));
        Assert.Null(PersonSecret.Read(PersonSecret.Session, null));
        Assert.Null(PersonSecret.Read(PersonSecret.Session, ""));
    }
}
