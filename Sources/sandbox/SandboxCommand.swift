import ArgumentParser

@main
struct SandboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox",
        abstract: "Both vendors on loopback: a simulated Enreach Cloud and a simulated Dataverse.",
        subcommands: [Serve.self])
}
