/** The commented file of feature flags that `slipway init` writes: valid as it stands, with one flag that is off. */
export const startingFeatures = (
  service = 'shop',
): string => `# Feature flags: toggles and shares at run time, without a deployment (SPEC-0701 §Feature Flags). What stands here is
# served at once: to OpenFeature clients over OFREP, and to flagd as /v1/flags/ENVIRONMENT/flagd.json. An edit that makes
# no sense is not served; \`slipway doctor\` names the line.
#
# \`slipway flag set\` changes a flag by the rules of its environment, with an entry in the Change Log and, in production,
# approvals and a decision record. Comments stay. An environment may have a file of its own, features.ENVIRONMENT.yml,
# which then stands for this one as a whole.
flags:
  example-toggle: # the name that the code asks for
    description: an example, asked for by nobody
    owner: platform # who answers for it
    # service: ${service} # watched while the flag is changed, if that is asked for
    on: false # variants on and off; clients see true and false
    # state: DISABLED # served to nobody: the default in the code holds
    # rollout: { on: 25, off: 75 } # per cent of the targeting keys; each key always gets the same
    # expires: 2027-03-31 # by then it should be gone from the code
    # environments: # where one differs; \`slipway flag set\` writes here
    #   dev: { on: true }

  # example-variants: # more than on and off, all values of one type
  #   description: which checkout is shown
  #   owner: checkout
  #   variants: { classic: v1, express: v2 }
  #   default-variant: classic
  #   rollout: { classic: 90, express: 10 }
  #   # JsonLogic as flagd reads it (https://flagd.dev/reference/flag-definitions/): a variant, or null for the rollout
  #   targeting: { if: [{ ends_with: [{ var: email }, "@example.com"] }, express, null] }

# Names that were used once and must not come back: old code may still ask for them.
retired: []
`;
