import { limitsWrongTokens } from "./support/wrongTokens.ts"

// The short tests have one trusted proxy.
for (const trustProxy of ["", "127.0.0.0/8"]) limitsWrongTokens(trustProxy)
