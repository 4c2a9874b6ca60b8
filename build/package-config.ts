// What goes into the packages of the desktop app, and how it is shut: electron-builder's configuration as data.
import type { Configuration } from 'electron-builder';

/**
 * The configuration. SALLYPORT_UPDATE_FEED names the place updates will be looked for (an https folder with the files
 * that electron-builder writes beside the packages); without it a package never asks for any.
 */
export function packageConfig(env: NodeJS.ProcessEnv): Configuration {
  const feed = env['SALLYPORT_UPDATE_FEED'];
  return {
    appId: 'app.sallyport.desktop',
    productName: 'Sallyport',
    artifactName: 'sallyport-${version}-${os}-${arch}.${ext}',
    directories: { output: 'dist/packages', buildResources: 'build/icons' },
    extraMetadata: {
      main: 'dist/shell.mjs',
      homepage: env['SALLYPORT_HOMEPAGE'] ?? 'https://sallyport.example/',
      author: { name: 'The Sallyport authors', email: 'sallyport@sallyport.example' },
    },
    // The bundle holds everything but the native parts, the database's and the one that asks systems; of those, the ones
    // for the machine it is for.
    files: [
      'package.json',
      'dist/**/*',
      '!dist/**/*.map',
      '!dist/packages/**/*',
      '!node_modules/**/*',
      'node_modules/better-sqlite3/package.json',
      'node_modules/better-sqlite3/lib/**/*',
      'node_modules/better-sqlite3/prebuilds/${platform}-${arch}.node',
      'node_modules/koffi/package.json',
      'node_modules/koffi/index.js',
      'node_modules/koffi/src/koffi/index.js',
      'node_modules/@koromix/koffi-${platform}-${arch}/**/*',
      '!node_modules/@koromix/**/*.md',
      'LICENSE',
    ],
    npmRebuild: false,
    // An Electron that is here already, unpacked: where its release host is out of reach.
    ...(env['ELECTRON_OVERRIDE_DIST_PATH'] === undefined ? {} : { electronDist: env['ELECTRON_OVERRIDE_DIST_PATH'] }),
    asar: true,
    // Other programs read the agent, and cannot look into the archive.
    asarUnpack: ['**/*.node', 'dist/agent/**/*'],
    // What the binary can be made to do by whoever can start it: nothing but this app, from this archive, unchanged.
    electronFuses: {
      runAsNode: false,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      enableCookieEncryption: true,
      grantFileProtocolExtraPrivileges: false,
      loadBrowserProcessSpecificV8Snapshot: false,
      // The seal of macOS no longer fits once a fuse is set.
      resetAdHocDarwinSignature: true,
    },
    publish: feed === undefined ? null : [{ provider: 'generic', url: feed }],
    linux: {
      target: ['AppImage', 'deb'],
      executableName: 'sallyport-desktop',
      icon: 'build/icons',
      category: 'Development',
      synopsis: 'See and govern every API call that leaves your machine',
      maintainer: 'The Sallyport authors <sallyport@sallyport.example>',
    },
    deb: { recommends: ['libnss3-tools'] },
    mac: {
      target: ['dmg', ...(feed === undefined ? [] : ['zip' as const])],
      icon: 'build/icons/icon-1024.png',
      category: 'public.app-category.developer-tools',
      hardenedRuntime: true,
      gatekeeperAssess: false,
    },
    win: { target: ['nsis'], icon: 'build/icons/icon-256.png' },
    nsis: {
      // For the user alone, without the administrator; what was recorded stays when the app goes.
      perMachine: false,
      oneClick: true,
      deleteAppDataOnUninstall: false,
    },
  };
}
