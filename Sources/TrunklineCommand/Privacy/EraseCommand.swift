import ArgumentParser

/// `trunkline erase`: takes a person's number out of the hub and of the phone calls it wrote.
struct EraseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase",
        abstract: "Erase a number from the hub and from the phone calls it wrote, with a signed receipt.",
        discussion: """
            trunkline erase --why "request of 3 March" --plan

            It asks for the number, or reads it from standard input: --number can be seen by everybody on the machine. \
            The number is masked or removed wherever the hub keeps it, and a tombstone keeps polling, webhooks and \
            backfills from bringing it back: it holds a digest that nobody can try numbers against without the hub's \
            privacy key. What stands in Enreach is not touched. docs/privacy.md says what is done to which table.
            """,
        subcommands: [EraseNumber.self, EraseList.self, EraseVerify.self, ErasePublicKey.self, EraseLift.self],
        defaultSubcommand: EraseNumber.self)
}
