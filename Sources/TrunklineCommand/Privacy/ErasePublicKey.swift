import ArgumentParser
import Foundation
import Operations
import Privacy
import Runtime

struct ErasePublicKey: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "public-key", abstract: "Print the key by which anybody can verify receipts of this hub.")

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        guard let key = try PrivacyKeySource(try connection.programsConfiguration()).keyring().current else {
            throw OperatorError.configuration("there is no privacy key in the programs' configuration (--config)")
        }
        Terminal.print(Data(key.publicKey).base64EncodedString())
    }
}
