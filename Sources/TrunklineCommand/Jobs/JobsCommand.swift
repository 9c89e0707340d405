import ArgumentParser

/// `trunkline jobs`: what is promised, what is being done, and what went wrong.
struct JobsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs",
        abstract: "See jobs; retry, cancel, pause and resume them.",
        discussion: """
            States: ready (may run now), running, waiting (another job of its key runs first), scheduled, retry and \
            snoozed (due at a time), held (its kind or tenant is paused), dead (given up, waits for you), and of the past \
            done, cancelled, superseded.
            """,
        subcommands: [
            JobsList.self, JobsShow.self, JobsCounts.self, JobsRetry.self, JobsCancel.self, JobsPause.self, JobsResume.self,
        ],
        defaultSubcommand: JobsList.self)
}
