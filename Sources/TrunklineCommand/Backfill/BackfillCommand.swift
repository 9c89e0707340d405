import ArgumentParser
import Operations

/// `trunkline backfill`: calls of the past.
struct BackfillCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backfill",
        abstract: "Bring in calls of the past, behind everything live, and watch it.",
        discussion: """
            trunkline backfill --from 2026-01-01 --to 2026-02-01

            A backfill goes through the time asked for in slices, oldest first, in a lane of its own: live calls always \
            go first. Calls the hub knows already are not written twice. It survives restarts of every program.
            """,
        subcommands: [
            BackfillStart.self, BackfillStatus.self, BackfillPause.self, BackfillResume.self, BackfillCancel.self,
        ],
        defaultSubcommand: BackfillStart.self)
}
